package org.distbelief.conf;

/**
 * A job file, read and checked as far as it can be without the data set and the cluster.
 *
 * @param name the job's name in YARN
 * @param output directory for the model, checkpoints and history
 * @param seed seeds initial weights and the order of the data
 * @param model the network
 * @param data the data set
 * @param optimiser the distributed optimiser
 * @param downpour settings of Downpour SGD
 * @param sandblaster settings of Sandblaster L-BFGS
 * @param shards containers of the parameter shards
 * @param replicas containers of the model replicas
 * @param coordinators containers of Sandblaster's coordinator: one leads, the others stand by
 * @param master the ApplicationMaster's container; count is 1
 * @param cluster queue, limits and time-outs
 * @param checkpoint when checkpoints are taken
 * @param evaluation scoring of held-out data
 * @param security protection of the connections between the job's processes
 */
public record JobConfig(
        String name,
        String output,
        long seed,
        ModelConfig model,
        DataConfig data,
        Optimiser optimiser,
        DownpourConfig downpour,
        SandblasterConfig sandblaster,
        ContainerConfig shards,
        ContainerConfig replicas,
        ContainerConfig coordinators,
        ContainerConfig master,
        ClusterConfig cluster,
        CheckpointConfig checkpoint,
        EvaluationConfig evaluation,
        SecurityConfig security) {
    static JobConfig read(SectionReader root) {
        JobConfig config = new JobConfig(
                root.text("name", "distbelief"),
                root.text("output"),
                root.whole("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE),
                ModelConfig.read(root.section("model")),
                DataConfig.read(root.section("data")),
                root.choice("optimiser", Optimiser.DOWNPOUR),
                DownpourConfig.read(root.section("downpour")),
                SandblasterConfig.read(root.section("sandblaster")),
                ContainerConfig.ofShards(root.section("shards")),
                ContainerConfig.ofReplicas(root.section("replicas")),
                ContainerConfig.ofCoordinators(root.section("coordinators")),
                ContainerConfig.ofMaster(root.section("master")),
                ClusterConfig.read(root.section("cluster")),
                CheckpointConfig.read(root.section("checkpoint")),
                EvaluationConfig.read(root.section("evaluation")),
                SecurityConfig.read(root.section("security")));
        if (config.optimiser() == Optimiser.SANDBLASTER
                && config.data().augment().on()) {
            root.section("data")
                    .refuse(
                            "augment",
                            "expected no augmentation with optimiser: sandblaster, whose line search needs the same"
                                    + " examples at every evaluation of a batch; leave out data.augment, or use"
                                    + " optimiser: downpour");
        }
        root.finish();
        return config;
    }
}
