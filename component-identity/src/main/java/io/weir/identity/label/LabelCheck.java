package io.weir.identity.label;

import java.util.Optional;

/**
 * Two labels beside each other, as {@code weir label check} prints them.
 *
 * @param first and second canonical text; a level is the range of that one level
 * @param low how the first's low level stands to the second's, and {@code high} likewise
 * @param lub lowest level that dominates all of both
 * @param glb highest level that all of both dominate
 * @param shared levels that both have, at which flows between them can pass when packets prove it; empty for none
 * @param forth whether a flow from the first to the second passes at its own level, the first's low one
 * @param back whether a flow the other way passes at its own level, the second's low one
 * @param types what the domain says of both types; empty when one of the labels has none, or the domain
 */
public record LabelCheck(
        Label first,
        Label second,
        Dominance low,
        Dominance high,
        Level lub,
        Level glb,
        Optional<LevelRange> shared,
        boolean forth,
        boolean back,
        Optional<Types> types) {
    /** What the labels say, from levels alone to whole contexts. */
    public record Label(Optional<SecurityContext> context, LevelRange range) {
        /** Canonical text, a context where there is one. */
        @Override
        public String toString() {
            return context.map(SecurityContext::toString).orElseGet(range::toString);
        }
    }

    /**
     * What a domain says of two types.
     *
     * @param sends whether the first may send to the second
     * @param replies whether the second may send to the first
     */
    public record Types(String first, String second, boolean sends, boolean replies) {
        /** Whether flows may pass between them. */
        public boolean agree() {
            return sends && replies;
        }
    }

    /**
     * Compares two labels.
     *
     * @param first a level, a range or a context, also with the domain's names in place of numbers; so is {@code second}
     * @throws LabelException when a text is none of them
     */
    public static LabelCheck of(String first, String second, LabelDomain domain) {
        Label a = label(domain.names().numbered(first));
        Label b = label(domain.names().numbered(second));
        Optional<Types> types = domain.hasTypes() && a.context.isPresent() && b.context.isPresent()
                ? Optional.of(types(a.context.get().type(), b.context.get().type(), domain))
                : Optional.empty();
        boolean agree = types.map(Types::agree).orElse(true);
        return new LabelCheck(
                a,
                b,
                a.range.low().to(b.range.low()),
                a.range.high().to(b.range.high()),
                a.range.high().lub(b.range.high()),
                a.range.low().glb(b.range.low()),
                a.range.intersection(b.range),
                agree && b.range.contains(a.range.low()),
                agree && a.range.contains(b.range.low()),
                types);
    }

    private static Label label(String text) {
        if (text.chars().filter(letter -> letter == ':').count() < 3) {
            return new Label(Optional.empty(), LevelRange.parse(text));
        }
        SecurityContext context = SecurityContext.parse(text);
        return new Label(Optional.of(context), context.range());
    }

    private static Types types(String first, String second, LabelDomain domain) {
        return new Types(first, second, domain.sends(first, second), domain.sends(second, first));
    }

    /** Whether both are the same range. */
    public boolean equal() {
        return first.range.equals(second.range);
    }

    /** Whether all levels of the second are levels of the first. */
    public boolean firstContainsSecond() {
        return first.range.contains(second.range);
    }

    /** Whether all levels of the first are levels of the second. */
    public boolean secondContainsFirst() {
        return second.range.contains(first.range);
    }

    /** Whether some flow between them can pass. */
    public boolean mayPass() {
        return shared.isPresent() && types.map(Types::agree).orElse(true);
    }
}
