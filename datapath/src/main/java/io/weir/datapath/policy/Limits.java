package io.weir.datapath.policy;

/**
 * What a flow under it may use, on top of whether it may pass at all. 0 means no limit. Each number belongs to one scope (a
 * rule, or a component and direction), and all flows of the scope share it.
 *
 * @param scope number of the scope, 1 up, kept over epochs for as long as the rule or component lives, so that a
 * change elsewhere does not refill its buckets
 * @param newConnectionsPerSecond sessions begun per second, with a burst of one second
 * @param connections sessions under way at once
 * @param bitsPerSecond frame bits per second, with a burst of 10 ms but no less than one 64 KiB frame
 * @param packetsPerSecond frames per second, with a burst of a tenth of a second
 * @param next the next limits that apply too, or null
 */
public record Limits(
        int scope,
        int newConnectionsPerSecond,
        int connections,
        long bitsPerSecond,
        int packetsPerSecond,
        @org.jspecify.annotations.Nullable Limits next) {}
