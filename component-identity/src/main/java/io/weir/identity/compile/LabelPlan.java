package io.weir.identity.compile;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Instance;
import io.weir.identity.document.Problem;
import io.weir.identity.document.Spelling;
import io.weir.identity.evaluate.LabelTable;
import io.weir.identity.label.LabelDomain;
import io.weir.identity.label.LabelSettings;
import io.weir.identity.label.Level;
import io.weir.identity.label.LevelNumbers;
import io.weir.identity.label.LevelRange;
import io.weir.identity.label.SecurityContext;
import io.weir.identity.label.TypeRules;

/**
 * What components and ports say of labels: checks it, and gives it numbers. Used once.
 *
 * <p>As long as no component, no port and no domain speaks of labels, components have no level, and only packets that prove one
 * are looked at.
 */
final class LabelPlan {
    private static final String FULL = "no more than " + LevelNumbers.CAPACITY + " levels can be told apart";
    private static final String RESTART = "restart the daemon, which forgets the levels that nobody names any more";

    private final LabelSettings settings;
    private final Numbers numbers;
    private final LevelNumbers levels;
    private final CompilerState last;
    private final TypeRules types;
    private final boolean settingsChanged;
    private List<Document> components = List.of();
    private int labelled; // components with a label of their own
    private @Nullable LabelTable table;

    LabelPlan(LabelSettings settings, Numbers numbers, LevelNumbers levels, CompilerState last) {
        this.settings = settings;
        this.numbers = numbers;
        this.levels = levels;
        this.last = last;
        this.settingsChanged = !settings.equals(last.labels());
        this.types = settingsChanged ? new TypeRules(settings.domain()) : last.types();
    }

    /**
     * Counts and checks labels: of all components when the settings have changed, else of those that have.
     *
     * @param changed documents that are new or changed
     * @param gone components that were there, and are no more or have another document
     */
    void plan(
            List<Document> all,
            List<Document> changed,
            List<CompiledComponent> gone,
            List<Problem> problems,
            List<Problem> warnings) {
        components = all;
        long more =
                changed.stream().filter(document -> label(document).isPresent()).count();
        long fewer = gone.stream()
                .filter(component -> label(component.document()).isPresent())
                .count();
        labelled = last.labelled() + (int) (more - fewer);
        Level unlabeled = settings.domain().unlabeled().range().low();
        if (inForce() && !numbered(unlabeled)) {
            String source = settings.domain().source();
            problems.add(
                    new Problem(source.isEmpty() ? "labels" : source, 0, "", FULL + ": was " + unlabeled, RESTART));
        }
        for (Document document : settingsChanged ? all : changed) {
            if (document.body() instanceof Component component) {
                component
                        .securityLabel()
                        .ifPresentOrElse(
                                label -> check(document, component, label, problems, warnings),
                                () -> required(document, problems));
            }
        }
    }

    private static Optional<SecurityContext> label(Document document) {
        return document.body() instanceof Component component ? component.securityLabel() : Optional.empty();
    }

    /** Components that have a label of their own. */
    int labelled() {
        return labelled;
    }

    private boolean inForce() {
        return inForce(labelled, settings);
    }

    private static boolean inForce(int labelled, LabelSettings settings) {
        return labelled > 0 || !settings.equals(LabelSettings.NONE);
    }

    /** Whether components stand otherwise than the last time, though their documents are the same. */
    boolean changed() {
        return settingsChanged || inForce() != inForce(last.labelled(), last.labels());
    }

    private void required(Document document, List<Problem> problems) {
        if (settings.domain().requireLabels() && !Numbers.RESERVED.contains(document.id())) {
            problems.add(Found.at(
                    document,
                    "spec",
                    "has no securityLabel, and domain " + settings.domain().id() + " requires one",
                    "write securityLabel: user:role:type:low[-high]"));
        }
    }

    private void check(
            Document document,
            Component component,
            SecurityContext label,
            List<Problem> problems,
            List<Problem> warnings) {
        LabelDomain domain = settings.domain();
        if (types.number(label.type()) < 0) {
            String remedy = Spelling.closest(label.type(), domain.types().keySet())
                    .map(meant -> "did you mean " + meant + "?")
                    .orElse("declare it in " + domain.source());
            problems.add(at(document, "domain " + domain.id() + " has no type " + label.type(), remedy));
        }
        if (!numbered(label.range().low())) {
            problems.add(at(document, FULL + ": was " + label.range().low(), RESTART));
        }
        if (domain.hasTypes() && !label.range().single() && !domain.writesDown(label.type())) {
            warnings.add(at(
                    document,
                    "has several levels, " + label.range() + ", and could pass what it learns at one on to lower ones",
                    "declare type " + label.type() + " trusted with writeDown, or narrow the range to one level"));
        }
        if (unreachable(component, label.range())) {
            warnings.add(at(
                    document,
                    "no flow of it passes: " + label.range() + " has no level in common with any of its ports",
                    "change the label of the ports or of the component"));
        }
    }

    private static Problem at(Document document, String problem, String remedy) {
        return Found.at(document, "spec.securityLabel", problem, remedy);
    }

    private boolean unreachable(Component component, LevelRange range) {
        List<Instance> instances = component.instances();
        return !instances.isEmpty()
                && instances.stream()
                        .map(instance -> settings.ports().getOrDefault(instance.port(), LevelRange.ALL))
                        .noneMatch(port -> port.intersection(range).isPresent());
    }

    private boolean numbered(Level level) {
        return levels.number(level) != 0;
    }

    SecurityContext contextOf(@Nullable Component component) {
        SecurityContext unlabeled = settings.domain().unlabeled();
        return component == null ? unlabeled : component.securityLabel().orElse(unlabeled);
    }

    /** Number of the range. */
    int range(SecurityContext context) {
        return numbers.range(context.range());
    }

    /** Number of the level that its flows have, 0 while nothing has a label. */
    int level(SecurityContext context) {
        return inForce() ? levels.number(context.range().low()) : 0;
    }

    int type(SecurityContext context) {
        return types.number(context.type());
    }

    /** The table; to be asked for when all components have been. */
    LabelTable table() {
        if (table == null) {
            table = newTable();
        }
        return table;
    }

    /** Of each port, what its own range and those of all components there have in common. */
    private int[] copyRanges() {
        Map<String, Optional<LevelRange>> shared = new HashMap<>();
        settings.ports().forEach((port, range) -> shared.put(port, Optional.of(range)));
        for (Document document : components) {
            Component component = (Component) document.body();
            LevelRange own = contextOf(component).range();
            for (Instance instance : component.instances()) {
                shared.merge(instance.port(), Optional.of(own), LabelPlan::intersection);
            }
        }
        shared.keySet().forEach(numbers::port);
        int[] ranges = new int[shared.isEmpty() ? 0 : numbers.portCount()];
        shared.forEach((port, range) ->
                ranges[numbers.port(port)] = range.map(numbers::range).orElse(LabelTable.NO_LEVEL));
        return ranges;
    }

    private static Optional<LevelRange> intersection(Optional<LevelRange> one, Optional<LevelRange> other) {
        return one.equals(other) ? one : one.flatMap(range -> other.flatMap(range::intersection));
    }

    private LabelTable newTable() {
        settings.domain().levels().forEach(this::numbered);
        Map<String, LevelRange> ranges = settings.ports();
        ranges.keySet().forEach(numbers::port);
        int[] ports = new int[ranges.isEmpty() ? 0 : numbers.portCount()];
        ranges.forEach((port, range) -> ports[numbers.port(port)] = numbers.range(range));
        int[] copies = copyRanges();
        return new LabelTable(
                settings,
                levels,
                last.relations(levels).with(numbers.ranges()),
                types,
                ports,
                copies,
                level(contextOf(null)));
    }
}
