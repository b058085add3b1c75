package io.weir.identity.manifest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.weir.identity.compliance.FlowGraph;
import io.weir.identity.compliance.FlowPolicy;
import io.weir.identity.compliance.LabelMap;
import io.weir.identity.document.ProblemException;
import io.weir.identity.document.Problems;

/**
 * Reads the information-flow policy of a guest, a peer, or one to compare with: one document, YAML or JSON, in a file of its own. Either
 * everything is right, or every mistake is told and nothing comes out.
 *
 * <p>Threading: no state.
 */
public final class FlowPolicyReader {
    public static final String KIND = "FlowPolicy";

    private final Section spec;
    private final Set<String> labels = new LinkedHashSet<>();
    private final Set<String> carriers = new LinkedHashSet<>();

    private FlowPolicyReader(Section spec) {
        this.spec = spec;
    }

    /** Reads a file of UTF-8 text. */
    public static FlowPolicy read(Path file) throws ProblemException {
        String source = file.toString();
        Problems problems = new Problems(source);
        SingleDocument document = SingleDocument.read(TextFile.read(file, problems), KIND, problems);
        String id = document.id(Part.FLOW_POLICY_METADATA);
        FlowPolicy policy = new FlowPolicyReader(document.spec(Part.FLOW_POLICY_SPEC)).policy(source, id);
        problems.conclude();
        return policy;
    }

    private FlowPolicy policy(String source, String id) {
        spec.require("labels", "[NAME, ...]");
        names("labels", labels);
        names("carriers", carriers);
        Set<String> programs = new LinkedHashSet<>();
        spec.texts("programs").forEach(item -> known(item).ifPresent(programs::add));
        Map<String, String> map = map();
        Optional<String> component =
                spec.has("component") ? Optional.of(spec.name("component", Word.ID)) : Optional.empty();
        return new FlowPolicy(source, id, component, labels, carriers, programs, flows(), filters(), new LabelMap(map));
    }

    private void names(String key, Set<String> names) {
        for (Section.Item item : spec.texts(key)) {
            if (!Word.FLOW_NODE.matches(item.text())) {
                String problem = "must be " + Word.FLOW_NODE.allowed() + ": was " + Wording.shown(item.text());
                spec.problem(item, problem, "choose such a name");
            } else if (labels.contains(item.text()) || !names.add(item.text())) {
                spec.problem(item, "written twice: was " + item.text(), "keep one of them");
            }
        }
    }

    private Map<String, String> map() {
        Map<String, String> map = new HashMap<>();
        for (Section entry : spec.sections("map", Part.FLOW_LABEL)) {
            String own = entry.requiredName("label", Word.FLOW_NODE);
            String other = entry.requiredName("as", Word.FLOW_NODE);
            if (!own.isEmpty() && !labels.contains(own)) {
                entry.problem("label", "no label: was " + own, remedy(own, labels));
            } else if (map.putIfAbsent(own, other) != null) {
                entry.problem("label", "mapped twice: was " + own, "keep one of them");
            }
        }
        return map;
    }

    private List<FlowPolicy.Flow> flows() {
        List<FlowPolicy.Flow> flows = new ArrayList<>();
        for (Section flow : spec.sections("flows", Part.FLOW)) {
            String from = node(flow, "from");
            String to = node(flow, "to");
            String via = flow.has("via") ? flow.name("via", Word.SENTENCE) : from + " > " + to;
            flows.add(new FlowPolicy.Flow(from, to, via));
            if (flow.flag("both", false)) {
                flows.add(new FlowPolicy.Flow(to, from, via));
            }
        }
        return flows;
    }

    private List<FlowGraph.Filter> filters() {
        List<FlowGraph.Filter> filters = new ArrayList<>();
        for (Section filter : spec.sections("filters", Part.FLOW_FILTER)) {
            filters.add(new FlowGraph.Filter(
                    node(filter, "from"),
                    node(filter, "to"),
                    filter.requiredName("program", Word.FLOW_NODE),
                    filter.requiredName("reason", Word.SENTENCE)));
        }
        return filters;
    }

    private String node(Section section, String key) {
        if (!section.require(key, "a label or carrier")) {
            return "";
        }
        return section.item(key).flatMap(this::known).orElse("");
    }

    private Optional<String> known(Section.Item item) {
        if (labels.contains(item.text()) || carriers.contains(item.text())) {
            return Optional.of(item.text());
        }
        Set<String> all = new LinkedHashSet<>(labels);
        all.addAll(carriers);
        spec.problem(item, unknown(item.text()), remedy(item.text(), all));
        return Optional.empty();
    }

    private static String unknown(String name) {
        return "no label or carrier: was " + Wording.shown(name);
    }

    private static String remedy(String name, Set<String> known) {
        return Wording.closest(name, known, "declare it under labels or carriers, which have: ");
    }
}
