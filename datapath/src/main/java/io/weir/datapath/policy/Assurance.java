package io.weir.datapath.policy;

/**
 * What the claim of an endpoint to be a component rests on: the attribute that tells it from other components behind the
 * same port. The larger, the harder to forge inside the guest.
 *
 * <p>Threading: constants.
 */
public final class Assurance {
    public static final int NONE = 0;
    public static final int L4 = 1;
    public static final int IP = 2;
    public static final int VLAN = 3;
    public static final int MAC = 4;
    /** No other component is behind the port. */
    public static final int PORT = 5;
    /** Proven inside the guest by an agent; none exists yet. */
    public static final int AGENT = 6;

    private static final String[] NAMES = {"none", "l4", "ip", "vlan", "mac", "port", "agent"};

    private Assurance() {}

    /** Lower-case name as in manifests. */
    public static String name(int assurance) {
        return NAMES[assurance];
    }
}
