package io.weir.identity.component;

/**
 * Temporary access: an allow rule in the tier GRANT on both sides, for a time.
 *
 * @param reason why, for the record
 * @param rule with {@code from}, one component in {@code to}, exposes or l4; action ALLOW
 * @param ttlSeconds 1 to 31,536,000
 * @param onExpiry RESET: live flows end at once, TCP ones with a reset to both ends; DROP: silently
 */
public record Grant(String reason, Rule rule, int ttlSeconds, OnExpiry onExpiry) implements Body {
    /** How live flows end. */
    public enum OnExpiry {
        RESET,
        DROP
    }
}
