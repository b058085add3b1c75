package io.weir.identity.component;

/**
 * What a component may use; 0 means no limit. The last three are handed to the hypervisor and only reported here.
 *
 * @param mbps of frames that it sends, and as many that it receives
 * @param packetsPerSecond likewise
 * @param connections sessions under way that it is an end of
 * @param cpuMilli thousandths of a core
 */
public record ComponentLimits(
        int mbps, int packetsPerSecond, int connections, int cpuMilli, int memoryMiB, int diskIops) {
    public static final ComponentLimits NONE = new ComponentLimits(0, 0, 0, 0, 0, 0);
}
