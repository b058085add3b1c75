package io.weir.identity.component;

import java.util.List;
import java.util.Map;

/** The other end of a flow, as a rule names it. */
public sealed interface Peer {
    /** Everybody, known or not. */
    record Any() implements Peer {}

    /** One component, also a reserved one. */
    record ById(String component) implements Peer {}

    /** Components that carry all of these labels. */
    record ByLabels(Map<String, String> labels) implements Peer {
        public ByLabels {
            labels = Map.copyOf(labels);
        }
    }

    /** The members of a group. */
    record ByGroup(String group) implements Peer {}

    /**
     * Addresses, whoever uses them.
     *
     * @param except parts of it that do not belong
     * @param scope which ends count
     */
    record ByCidr(IpPrefix prefix, List<IpPrefix> except, Scope scope) implements Peer {
        public ByCidr {
            except = List.copyOf(except);
        }

        public boolean contains(long high, long low) {
            return prefix.contains(high, low) && except.stream().noneMatch(part -> part.contains(high, low));
        }
    }

    /** Which ends an address rule counts. */
    enum Scope {
        /** Components and strangers alike; what an address rule of any other firewall means. */
        ANY,
        /** Only ends that are no component: {@code reserved.*}. */
        EXTERNAL
    }
}
