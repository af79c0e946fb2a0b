package org.distbelief.appmaster.submit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FsShell;
import org.apache.hadoop.util.ToolRunner;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code fs}: Hadoop's file system shell, for machines that have no {@code hdfs} command. */
@Command(name = "fs", description = "Hadoop's file system shell, as in: fs -ls models, fs -cat FILE, fs -rm -r DIR.")
final class FsCommand implements Callable<Integer> {
    private final Session session;

    @Unmatched
    private List<String> options = new ArrayList<>();

    FsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        new ClusterProbe(session.conf()).check();
        return ToolRunner.run(session.conf(), new FsShell(), options.toArray(String[]::new));
    }
}
