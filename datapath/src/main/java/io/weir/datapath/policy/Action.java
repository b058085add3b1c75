package io.weir.datapath.policy;

/**
 * What happens to a flow, as the ints that verdicts and sessions carry; the larger, the stricter.
 *
 * <p>Threading: constants.
 */
public final class Action {
    /** No action: what {@link Verdict#auditAction()} says when nothing else would have happened under enforcement. */
    public static final int NONE = 0;

    public static final int ALLOW = 1;
    /** The frame goes to a logging port instead of its destination. */
    public static final int REDIRECT = 2;
    /** Dropped, and the sender is told: TCP reset, ICMP or ICMPv6 "administratively prohibited". */
    public static final int REJECT = 3;

    public static final int DROP = 4;

    private static final String[] NAMES = {"none", "allow", "redirect", "reject", "drop"};

    private Action() {}

    /** Lower-case name, the same in manifests, the command line and documents. */
    public static String name(int action) {
        return NAMES[action];
    }
}
