package io.weir.datapath.policy;

/** What is behind a port, for traffic that no component claims. */
public enum PortRole {
    /** A guest: unclaimed traffic is {@link Identity#UNKNOWN}, and every sender must be bound. */
    VM,
    /** Other hosts: unclaimed traffic is {@link Identity#WORLD}; it may not use an address bound to a port of another role. */
    UPLINK,
    /** This host's own stack: unclaimed traffic is {@link Identity#HOST}. */
    HOST
}
