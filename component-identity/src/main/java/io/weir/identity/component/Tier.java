package io.weir.identity.component;

import java.util.Locale;

/** The tiers in the order in which they are asked. */
public enum Tier {
    EMERGENCY,
    PLATFORM,
    /** Grants only. */
    GRANT,
    /** Components' own rules only. */
    COMPONENT,
    BASELINE;

    /** As manifests write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
