package io.weir.control.audit;

/** A count as the datapath would hand it over. */
record CountedDeny(
        int sourceIdentity,
        int destinationIdentity,
        int rule,
        int reason,
        int ingressPort,
        int action,
        long packets,
        long bytes,
        long firstNs,
        long lastNs,
        int epoch,
        FlowEnds lastFlow)
        implements DenyView {}
