package io.weir.perf.compare;

import java.nio.file.Path;

/** The probe behind each measure, with the times of this run. */
record Probes(Probe tcp, Probe tunnel, Probe flood, Probe ping, Probe allocation) {
    /** A JVM's compilers need about five seconds of a tunnel's traffic until its code is what it will be; peers get the same time. */
    private static final int TUNNEL_WARM_UP_SECONDS = 6;

    private static final int PING_WARM_UP_COUNT = 200;

    /** Compiles the flood sender and keeps logs in {@code directory}. */
    static Probes of(BenchOptions options, Path directory) {
        int warmUpSeconds = options.quick() ? 1 : 2;
        int measuredSeconds = options.quick() ? 1 : 4;
        Flood flood = new Flood(
                CPrograms.compile("flood", directory), directory, warmUpSeconds * 1_000, measuredSeconds * 1_000);
        return new Probes(
                new TcpStream(directory, warmUpSeconds, measuredSeconds),
                new TcpStream(directory, TUNNEL_WARM_UP_SECONDS, measuredSeconds),
                flood,
                new Ping(PING_WARM_UP_COUNT, options.quick() ? 300 : 1_000),
                new Allocation(flood, directory, warmUpSeconds * 1_000));
    }

    /** Throws {@link IllegalArgumentException} when no probe belongs to {@code measure}. */
    Probe of(String measure) {
        return switch (measure) {
            case Plan.TCP_TAP, Plan.TCP_VETH -> tcp;
            case Plan.TCP_TUNNEL -> tunnel;
            case Plan.FLOOD_TAP, Plan.FLOOD_XDP -> flood;
            case Plan.PING -> ping;
            case Plan.ALLOCATION -> allocation;
            default -> throw new IllegalArgumentException("no probe for measure " + measure);
        };
    }
}
