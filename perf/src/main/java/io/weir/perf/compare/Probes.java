package io.weir.perf.compare;

import java.nio.file.Path;

/** The probe behind each measure, with the times of this run. */
record Probes(Probe tcp, Probe flood, Probe ping, Probe allocation) {
    private static final int PING_WARM_UP_COUNT = 200;

    /** Compiles the flood sender and keeps logs in {@code directory}. */
    static Probes of(BenchOptions options, Path directory) {
        int warmUpSeconds = options.quick() ? 1 : 2;
        int measuredSeconds = options.quick() ? 1 : 4;
        Flood flood = new Flood(
                CPrograms.compile("flood", directory), directory, warmUpSeconds * 1_000, measuredSeconds * 1_000);
        return new Probes(
                new TcpStream(directory, warmUpSeconds, measuredSeconds),
                flood,
                new Ping(PING_WARM_UP_COUNT, options.quick() ? 300 : 1_000),
                new Allocation(flood, directory, warmUpSeconds * 1_000));
    }

    /** Throws {@link IllegalArgumentException} when no probe belongs to {@code measure}. */
    Probe of(String measure) {
        return switch (measure) {
            case Plan.TCP_TAP, Plan.TCP_VETH, Plan.TCP_TUNNEL -> tcp;
            case Plan.FLOOD_TAP, Plan.FLOOD_XDP -> flood;
            case Plan.PING -> ping;
            case Plan.ALLOCATION -> allocation;
            default -> throw new IllegalArgumentException("no probe for measure " + measure);
        };
    }
}
