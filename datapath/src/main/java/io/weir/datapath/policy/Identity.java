package io.weir.datapath.policy;

/**
 * Numbers of component identities. Zero is no identity; the reserved ones are fixed; components are numbered from
 * {@link #FIRST_COMPONENT} on, and keep their number for as long as the process lives.
 *
 * <p>Threading: constants.
 */
public final class Identity {
    public static final int NONE = 0;
    /** The hypervisor host itself: behind a port whose role is host. */
    public static final int HOST = 1;
    /** Everything beyond an uplink that no component claims. */
    public static final int WORLD = 2;
    /** Traffic of a VM port that no component claims. */
    public static final int UNKNOWN = 3;

    public static final int FIRST_COMPONENT = 16;

    private Identity() {}
}
