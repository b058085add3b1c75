package io.weir.identity.label;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a host says about labels as a whole: the context of what carries none, names, types, and which type may send to which.
 *
 * <p>Threading: immutable.
 *
 * @param source the file it was read from, for messages; empty for none
 * @param id its name
 * @param unlabeled context of components without a label and of those reserved
 * @param requireLabels whether a component without a label is refused
 * @param names of sensitivities and categories
 * @param levels all that packets may name, by SA or wire label, beyond those that documents name; empty for any
 * @param types by name; without any, types mean nothing
 * @param receivers by sending type: those that may receive from it
 */
public record LabelDomain(
        String source,
        String id,
        SecurityContext unlabeled,
        boolean requireLabels,
        LabelNames names,
        List<Level> levels,
        Map<String, DomainType> types,
        Map<String, Set<String>> receivers) {
    /** What holds where no domain is named: no types, no names, any level. */
    public static final LabelDomain NONE =
            new LabelDomain("", "", SecurityContext.UNLABELED, false, LabelNames.NONE, List.of(), Map.of(), Map.of());

    public LabelDomain {
        levels = List.copyOf(levels);
        types = Map.copyOf(types);
        receivers = receivers.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> Set.copyOf(entry.getValue())));
    }

    /** Whether types are looked at. */
    public boolean hasTypes() {
        return !types.isEmpty();
    }

    /** Whether the type is declared to write down. */
    public boolean writesDown(String type) {
        DomainType known = types.get(type);
        return known != null && known.writesDown();
    }

    /** Whether components of one type may send to those of the other, whoever began; true where there are no types. */
    public boolean sends(String from, String to) {
        return !hasTypes() || receivers.getOrDefault(from, Set.of()).contains(to);
    }

    /** Whether a flow may pass from one type to the other: it may send, and replies may come back. */
    public boolean flows(String from, String to) {
        return sends(from, to) && sends(to, from);
    }
}
