package io.weir.control.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.weir.identity.component.Component;
import io.weir.identity.component.Violations;
import io.weir.identity.evaluate.PolicyEpoch;

/**
 * Components that had more packets denied than their manifest bears, until somebody takes them.
 *
 * <p>Threading: any thread; never waits for the control lock.
 */
final class Violators {
    private final ViolationCounter counter = new ViolationCounter();
    private final Map<String, Violations> passed = new ConcurrentHashMap<>();

    /** Counts packets that were denied to the sender of that identity. */
    void denied(PolicyEpoch epoch, int identity, long packets, long nowNs) {
        Component component = epoch.component(identity);
        String name = epoch.identityName(identity);
        if (component != null && counter.passed(name, component.violations(), packets, nowNs)) {
            passed.put(name, component.violations());
        }
    }

    /** Those since the last call, and why. */
    Map<String, String> take() {
        Map<String, String> taken = new HashMap<>();
        for (String component : List.copyOf(passed.keySet())) {
            Violations limit = passed.remove(component);
            if (limit != null) {
                taken.put(
                        component,
                        limit.quarantineCount() + " packets denied within " + limit.quarantineWindowMs() + " ms");
            }
        }
        return taken;
    }

    /** Begins anew for a component that was let out. */
    void forget(String component) {
        counter.forget(component);
        passed.remove(component);
    }
}
