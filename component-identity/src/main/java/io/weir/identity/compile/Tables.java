package io.weir.identity.compile;

import java.util.List;

/** Builds rule tables within the budget. */
final class Tables {
    private static final int ARRAY_HEADER_BYTES = 16;

    private Tables() {}

    static int[] build(List<SideRule> rules, Profiles profiles, String contributor, Budget budget) {
        try {
            int[] table = RuleTableBuilder.build(rules, profiles, budget.mostInts());
            budget.charge(contributor, bytes(table));
            return table;
        } catch (Ints.TooLong tooLong) {
            throw budget.exceeded(contributor, "its rules alone take more than the budget leaves");
        }
    }

    static long bytes(int[] table) {
        return ARRAY_HEADER_BYTES + (long) Integer.BYTES * table.length;
    }
}
