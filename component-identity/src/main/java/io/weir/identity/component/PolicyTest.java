package io.weir.identity.component;

/**
 * What must be so for a revision to be taken.
 *
 * @param from component
 * @param to component
 * @param protocol IP protocol
 * @param port destination port, or type and code
 * @param allowed what is expected
 */
public record PolicyTest(String from, String to, int protocol, int port, boolean allowed) {}
