package io.weir.control.audit;

/** What denied packets are counted by. */
record DenyKey(int source, int destination, int rule, int reason, int action, int ingressPort) {
    /** {@link #source} and {@link #destination} of the key that takes what cannot be told apart. */
    private static final int OTHERS = -1;

    static DenyKey of(DenyView denies) {
        DenyKey key = new DenyKey(
                denies.sourceIdentity(),
                denies.destinationIdentity(),
                denies.rule(),
                denies.reason(),
                denies.action(),
                denies.ingressPort());
        return key.ingressPort == DenyView.ANY_PORT ? key.others() : key;
    }

    /** The key that takes the counts of keys for which there is no room: reason, action and port alone. */
    DenyKey others() {
        return new DenyKey(OTHERS, OTHERS, 0, reason, action, ingressPort);
    }

    boolean isOthers() {
        return source == OTHERS;
    }

    @Override
    public int hashCode() {
        // The numbers are small and dense: multiplied apart, so that pairs do not fall into few buckets.
        int hash = source * 0x9E3779B1 + destination;
        hash = hash * 0x85EBCA6B + rule;
        hash = (hash * 0xC2B2AE35 + reason) * 31 + ingressPort;
        return hash * 31 + action;
    }
}
