package io.weir.control.audit;

/** What denied packets are counted by. */
record DenyKey(int source, int destination, int rule, int reason, int ingressPort) {
    static DenyKey of(DenyView denies) {
        return new DenyKey(
                denies.sourceIdentity(),
                denies.destinationIdentity(),
                denies.rule(),
                denies.reason(),
                denies.ingressPort());
    }

    /** The key that takes the counts of keys for which there is no room: reason and port alone. */
    DenyKey others() {
        return new DenyKey(0, 0, 0, reason, ingressPort);
    }

    @Override
    public int hashCode() {
        // The numbers are small and dense: multiplied apart, so that pairs do not fall into few buckets.
        int hash = source * 0x9E3779B1 + destination;
        hash = hash * 0x85EBCA6B + rule;
        return (hash * 0xC2B2AE35 + reason) * 31 + ingressPort;
    }
}
