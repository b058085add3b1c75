package io.weir.identity.compliance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.weir.identity.label.LabelDomain;
import io.weir.identity.label.LabelException;
import io.weir.identity.label.Level;

/**
 * What a label domain lets flow: to levels that dominate, and between types that its rules connect, in however many steps. Where a
 * domain has types its labels are called {@code type:level}, else {@code level}.
 *
 * <p>Threading: one thread, as labels are numbered when they are asked for.
 */
public final class DomainBound implements FlowBound {
    private final LabelDomain domain;
    private final FlowBound types;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<Level> levels = new ArrayList<>();
    private final List<Integer> typeOf = new ArrayList<>();

    public DomainBound(LabelDomain domain) {
        this.domain = domain;
        FlowGraph.Builder graph = FlowGraph.builder();
        domain.types().keySet().stream().sorted().forEach(graph::label);
        int rule = graph.reason("type rule of the domain");
        domain.receivers()
                .forEach((sender, receivers) ->
                        receivers.forEach(receiver -> graph.step(graph.label(sender), graph.label(receiver), rule)));
        types = FlowBound.of(graph.build());
    }

    /** Name of the label of what has the type, at the level. */
    public static String name(LabelDomain domain, String type, Level level) {
        return domain.hasTypes() ? type + ':' + level : level.toString();
    }

    @Override
    public int label(String name) {
        Integer known = numbers.get(name);
        return known != null ? known : add(name);
    }

    private int add(String name) {
        int colon = domain.hasTypes() ? name.indexOf(':') : -1;
        int type = domain.hasTypes() ? types.label(name.substring(0, Math.max(0, colon))) : 0;
        if (type < 0) {
            return -1;
        }
        Level level;
        try {
            level = Level.parse(name.substring(colon + 1));
        } catch (LabelException noLevel) {
            return -1;
        }
        numbers.put(name, levels.size());
        levels.add(level);
        typeOf.add(type);
        return levels.size() - 1;
    }

    @Override
    public boolean allows(int from, int to) {
        return levels.get(to).dominates(levels.get(from))
                && (!domain.hasTypes() || types.allows(typeOf.get(from), typeOf.get(to)));
    }
}
