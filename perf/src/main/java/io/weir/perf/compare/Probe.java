package io.weir.perf.compare;

import java.util.Map;

/** One way of measuring a running contender. Warm-up is the probe's own and the same for every contender. */
interface Probe {
    /** Drives traffic between the hosts of {@code testbed} and answers with what was seen of {@code contender}. */
    Map<Metric, Double> measure(Testbed testbed, Contender contender);
}
