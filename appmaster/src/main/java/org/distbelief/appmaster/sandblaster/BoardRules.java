package org.distbelief.appmaster.sandblaster;

import org.distbelief.conf.SandblasterConfig;

/**
 * How the work of a batch is shared. See {@link SandblasterConfig} for the meaning of each.
 *
 * @param pushAfter at least 1; passed over where deterministic
 * @param pushesAtOnce at least 1
 * @param backupCopies whether outstanding portions are given to free replicas, too
 * @param deterministic whether portions are added up in their order
 */
public record BoardRules(int pushAfter, int pushesAtOnce, boolean backupCopies, boolean deterministic) {
    public BoardRules {
        if (pushAfter < 1 || pushesAtOnce < 1) {
            throw new IllegalArgumentException(
                    "expected pushAfter and pushesAtOnce of at least 1, found " + pushAfter + " and " + pushesAtOnce);
        }
    }

    /** The rules that a job file sets. */
    public static BoardRules of(SandblasterConfig config) {
        return new BoardRules(config.pushAfter(), config.pushesAtOnce(), config.backupCopies(), config.deterministic());
    }
}
