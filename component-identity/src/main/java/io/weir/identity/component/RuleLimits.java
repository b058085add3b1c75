package io.weir.identity.component;

/** What the flows of one rule may use together; 0 means no limit. */
public record RuleLimits(int newConnectionsPerSecond, int connections, int mbps, int packetsPerSecond) {
    public static final RuleLimits NONE = new RuleLimits(0, 0, 0, 0);
}
