package io.weir.control.access;

import java.util.Locale;

/** What a caller may do; each role may do what the ones before it may. */
public enum Role {
    /** Whoever has no role: may do nothing. */
    NONE,
    /** Reads. */
    VIEWER,
    /** Changes ports, policy, grants and modes, captures and replays frames. */
    OPERATOR,
    /** Everything, also methods that no role is written down for. */
    ADMIN;

    /** Whether a caller with this role may call what needs the other. */
    public boolean permits(Role needed) {
        return compareTo(needed) >= 0;
    }

    /** The higher of two. */
    Role or(Role other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /** As written in weir.yaml. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
