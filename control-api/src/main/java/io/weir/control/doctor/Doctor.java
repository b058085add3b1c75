package io.weir.control.doctor;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Runs every check; none of them changes anything. */
public final class Doctor {
    private Doctor() {}

    /**
     * All findings, in a fixed order.
     *
     * @param socketFolder where daemons keep their sockets
     * @param keyFiles that the running daemon has
     * @param liveDevices interfaces in this namespace that a running daemon has as ports
     */
    public static List<Finding> examine(Path socketFolder, Set<String> liveDevices, Set<Path> keyFiles) {
        return Stream.of(
                        JavaChecks.all(),
                        KernelChecks.all(),
                        TunnelChecks.all(keyFiles),
                        ToolChecks.all(),
                        LeftoverChecks.all(socketFolder, liveDevices))
                .flatMap(List::stream)
                .toList();
    }

    /** Whether the switch can work: nothing failed. */
    public static boolean usable(List<Finding> findings) {
        return findings.stream().noneMatch(finding -> finding.level() == Finding.Level.FAIL);
    }
}
