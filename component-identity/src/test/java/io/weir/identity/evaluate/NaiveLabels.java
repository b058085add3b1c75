package io.weir.identity.evaluate;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import io.weir.datapath.pipeline.DropReason;
import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Kind;
import io.weir.identity.component.PolicySet;

/**
 * The oracle's label step: on texts and sets, as docs/policy.md reads.
 *
 * @param domain whether the host names a label domain
 * @param unlabeled context of what has none
 * @param types declared by the domain, empty for none
 * @param sends {@code from to} of each rule
 * @param ports ranges of ports, by name
 */
record NaiveLabels(boolean domain, String unlabeled, Set<String> types, Set<String> sends, Map<String, String> ports) {
    /** Level of a flow, empty while nothing has a label and nothing is proven. */
    String level(PolicySet documents, String source, String proven) {
        boolean any = domain
                || !ports.isEmpty()
                || documents.documents(Kind.COMPONENT).stream()
                        .anyMatch(document -> own(document).isPresent());
        return !proven.isEmpty() ? proven : any ? low(range(context(documents, source))) : "";
    }

    /** 0, or the code of the reason. */
    int refused(PolicySet documents, NaiveEvaluator.Flow flow, String source, String destination, String level) {
        if (level.isEmpty()) {
            return 0;
        }
        String from = context(documents, source);
        String to = context(documents, destination);
        if (!within(level, range(from))
                || !within(level, range(to))
                || !inPort(flow.source(), level)
                || !inPort(flow.destination(), level)) {
            return DropReason.LABEL_DENIED.code();
        }
        boolean agree = types.isEmpty()
                || (sends.contains(type(from) + ' ' + type(to)) && sends.contains(type(to) + ' ' + type(from)));
        return agree ? 0 : DropReason.LABEL_TYPE_DENIED.code();
    }

    /** Whether the port lets the level pass. */
    boolean inPort(NaiveEvaluator.End end, String level) {
        return !ports.containsKey(end.port()) || within(level, ports.get(end.port()));
    }

    private String context(PolicySet documents, String id) {
        Document document = documents.get(Kind.COMPONENT, id);
        return Optional.ofNullable(document).flatMap(NaiveLabels::own).orElse(unlabeled);
    }

    private static Optional<String> own(Document document) {
        return ((Component) document.body()).securityLabel().map(Object::toString);
    }

    private static String type(String context) {
        return context.split(":", -1)[2];
    }

    private static String range(String context) {
        return context.split(":", 4)[3];
    }

    private static String low(String range) {
        return range.split("-", -1)[0];
    }

    private static boolean within(String level, String range) {
        String[] ends = range.split("-", -1);
        return dominates(level, ends[0]) && dominates(ends[ends.length - 1], level);
    }

    private static boolean dominates(String level, String other) {
        return sensitivity(level) >= sensitivity(other) && categories(level).containsAll(categories(other));
    }

    private static int sensitivity(String level) {
        return Integer.parseInt(level.split(":", -1)[0].substring(1));
    }

    private static Set<Integer> categories(String level) {
        Set<Integer> categories = new TreeSet<>();
        String[] parts = level.split(":", -1);
        for (String run : parts.length == 1 ? new String[0] : parts[1].split(",", -1)) {
            String[] ends = run.split("\\.", -1);
            for (int c = number(ends[0]); c <= number(ends[ends.length - 1]); c++) {
                categories.add(c);
            }
        }
        return categories;
    }

    private static int number(String category) {
        return Integer.parseInt(category.substring(1));
    }
}
