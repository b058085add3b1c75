package io.weir.control.policy;

import io.weir.datapath.policy.Policy;

/** Where epochs go: the switch. */
public interface EpochPublisher {
    /** From now on packets are judged by it; returns at once. */
    void publish(Policy epoch);
}
