package org.distbelief.appmaster.yarn;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.distbelief.appmaster.roster.Ending;
import org.distbelief.appmaster.roster.Ending.Cause;
import org.distbelief.conf.ProcessExit;

/** Exit statuses of YARN and of our own processes, and what they mean for the job. */
final class Endings {
    /** What NodeManagers put before the end of a container's stderr in its diagnostics. */
    private static final Pattern STDERR = Pattern.compile(
            "Last \\d+ bytes of stderr ?:\\s*\\n(.*?)(?=\\n\\[\\d{4}-\\d\\d-\\d\\d|\\z)", Pattern.DOTALL);

    private static final int MAX_DIAGNOSTICS = 2000;
    private static final int MOST_LINES = 20;

    private Endings() {}

    static Ending of(int exitStatus, String diagnostics) {
        Cause cause = switch (exitStatus) {
            case ContainerExitStatus.SUCCESS -> Cause.FINISHED;
            case ContainerExitStatus.ABORTED,
                    ContainerExitStatus.DISKS_FAILED,
                    ContainerExitStatus.PREEMPTED,
                    ContainerExitStatus.KILLED_BY_RESOURCEMANAGER,
                    ContainerExitStatus.KILLED_BY_CONTAINER_SCHEDULER,
                    ContainerExitStatus.KILLED_AFTER_APP_COMPLETION -> Cause.CLUSTER;
            case ContainerExitStatus.KILLED_BY_APPMASTER -> Cause.STOPPED;
            default -> ProcessExit.hopeless(exitStatus) ? Cause.HOPELESS : Cause.FAILED;
        };
        List<String> lastLines = lastLines(diagnostics);
        String words = lastLines.isEmpty() ? shortened(diagnostics) : lastLines.get(lastLines.size() - 1);
        return new Ending(exitStatus, cause, (hint(exitStatus) + words).strip(), lastLines);
    }

    private static String hint(int exitStatus) {
        return switch (exitStatus) {
            case ContainerExitStatus.KILLED_EXCEEDED_PMEM, ContainerExitStatus.KILLED_EXCEEDED_VMEM ->
                "it used more memory than its container has; raise 'memory' of its role in the job file. ";
            case 137 -> "it was killed (signal 9), by the node for its memory or by somebody. ";
            case 143 -> "it was terminated (signal 15). ";
            default -> "";
        };
    }

    /** The end of the container's stderr, where the node gives it. */
    private static List<String> lastLines(String diagnostics) {
        Matcher stderr = STDERR.matcher(diagnostics);
        if (!stderr.find()) {
            return List.of();
        }
        List<String> lines = stderr.group(1).lines().filter(l -> !l.isBlank()).toList();
        return lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size());
    }

    private static String shortened(String diagnostics) {
        String text = diagnostics.strip();
        return text.length() <= MAX_DIAGNOSTICS ? text : "..." + text.substring(text.length() - MAX_DIAGNOSTICS);
    }
}
