package io.weir.identity.label;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Between which types flows may pass, as a table of bits.
 *
 * <p>Threading: immutable, any thread.
 */
public final class TypeRules {
    /** Where no types are declared: every flow may pass. */
    public static final TypeRules NONE = new TypeRules(LabelDomain.NONE);

    private final Map<String, Integer> numbers = new HashMap<>();
    private final int words;
    private final long[] flows; // [type * words + other / 64], a bit for each type that flows may pass to and from

    public TypeRules(LabelDomain domain) {
        List<String> types = domain.types().keySet().stream().sorted().toList();
        words = (types.size() + Long.SIZE - 1) / Long.SIZE;
        flows = new long[types.size() * words];
        for (int type = 0; type < types.size(); type++) {
            numbers.put(types.get(type), type);
            for (int other = 0; other < types.size(); other++) {
                if (domain.flows(types.get(type), types.get(other))) {
                    flows[type * words + (other >>> 6)] |= 1L << other;
                }
            }
        }
    }

    /** Number of the type, 0 where none are declared; -1 for one that the domain does not know. */
    public int number(String type) {
        return words == 0 ? 0 : numbers.getOrDefault(type, -1);
    }

    /** Whether a flow may pass between types with these numbers. */
    public boolean flows(int type, int other) {
        return words == 0 || (flows[type * words + (other >>> 6)] >>> other & 1) != 0;
    }
}
