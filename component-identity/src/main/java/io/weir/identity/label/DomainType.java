package io.weir.identity.label;

import java.util.Optional;

/**
 * A type that a domain knows.
 *
 * @param description for people, may be empty
 * @param trust why its components may be trusted beyond the rules; empty for all others
 */
public record DomainType(String name, String description, Optional<Trust> trust) {
    /**
     * A declared exception, for auditors.
     *
     * @param reason why
     * @param writeDown whether its components may pass on, at lower levels, what they learnt at higher ones: they are filters
     */
    public record Trust(String reason, boolean writeDown) {}

    /** Whether its components may write down. */
    public boolean writesDown() {
        return trust.isPresent() && trust.get().writeDown();
    }
}
