package io.weir.control.policy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.weir.identity.component.Body;
import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Kind;
import io.weir.identity.component.PolicySet;
import io.weir.identity.component.Rule;
import io.weir.identity.component.RuleMode;
import io.weir.identity.component.RuleSet;
import io.weir.identity.component.Tier;
import io.weir.identity.manifest.ManifestWriter;

/**
 * What is set to audit or enforce: {@code rule:DOCUMENT/RULE}, {@code component:ID} or {@code tier:TIER}.
 *
 * <p>Threading: immutable.
 */
record ModeTarget(What what, String document, String rule) {
    /** What a target can be. */
    enum What {
        RULE,
        COMPONENT,
        TIER
    }

    /**
     * Reads a target.
     *
     * @throws IllegalArgumentException when it is none
     */
    static ModeTarget parse(String text) {
        int colon = text.indexOf(':');
        String name = text.substring(colon + 1);
        int slash = name.lastIndexOf('/');
        return switch (colon < 0 ? "" : text.substring(0, colon)) {
            case "rule" -> {
                if (slash < 1) {
                    throw unsayable(text);
                }
                yield new ModeTarget(What.RULE, name.substring(0, slash), name.substring(slash + 1));
            }
            case "component" -> new ModeTarget(What.COMPONENT, name, "");
            case "tier" -> new ModeTarget(What.TIER, tier(name).word(), "");
            default -> throw unsayable(text);
        };
    }

    private static IllegalArgumentException unsayable(String text) {
        return new IllegalArgumentException("mode target must be rule:DOCUMENT/RULE, component:ID or tier:TIER: was "
                + text + "; write such as component:pay.api");
    }

    private static Tier tier(String word) {
        for (Tier tier : Tier.values()) {
            if (tier.word().equals(word) && tier != Tier.GRANT) {
                return tier;
            }
        }
        throw new IllegalArgumentException(
                "tier must be emergency, platform, component or baseline: was " + word + "; choose one of them");
    }

    /** As operators write it. */
    @Override
    public String toString() {
        String name = what == What.RULE ? document + '/' + rule : document;
        return what.name().toLowerCase(Locale.ROOT) + ':' + name;
    }

    /**
     * The documents of the target in that mode; those that are in it already too.
     *
     * @param until when a rule's audit ends; rules know that themselves
     * @throws UnknownException when the target does not exist
     */
    List<Document> in(PolicySet documents, RuleMode mode, Optional<Instant> until) {
        List<Document> changed = new ArrayList<>();
        for (Document document : documents.documents()) {
            Body body = changed(document, mode, until);
            if (body != null) {
                String text = ManifestWriter.write(document.kind(), document.id(), body);
                changed.add(new Document(document.kind(), document.id(), body, text, document.origin()));
            }
        }
        if (changed.isEmpty() && what != What.TIER) {
            throw new UnknownException("no such " + what.name().toLowerCase(Locale.ROOT) + ": was " + this
                    + "; weir components lists components, weir show their rules");
        }
        return changed;
    }

    private @Nullable Body changed(Document document, RuleMode mode, Optional<Instant> until) {
        return switch (what) {
            case RULE -> document.id().equals(this.document) ? ruleChanged(document.body(), mode, until) : null;
            case COMPONENT ->
                document.kind() == Kind.COMPONENT && document.id().equals(this.document)
                        ? moded(document.body(), mode)
                        : null;
            case TIER -> this.document.equals(tierOf(document.body())) ? moded(document.body(), mode) : null;
        };
    }

    /** Tier of the document's rules, empty when it has none that a mode could be set for. */
    private static String tierOf(Body body) {
        return switch (body) {
            case RuleSet set -> set.tier().word();
            case Component _ -> Tier.COMPONENT.word();
            default -> "";
        };
    }

    private static @Nullable Body moded(Body body, RuleMode mode) {
        return switch (body) {
            case RuleSet set -> new RuleSet(set.tier(), mode, set.rules());
            case Component c -> component(c, mode, c.ingress(), c.egress());
            default -> null;
        };
    }

    private static Component component(Component c, RuleMode mode, List<Rule> ingress, List<Rule> egress) {
        return new Component(
                c.labels(),
                c.owner(),
                c.instances(),
                c.minAssurance(),
                c.securityLabel(),
                c.exposes(),
                mode,
                c.isolateIngress(),
                c.isolateEgress(),
                ingress,
                egress,
                c.violations(),
                c.limits(),
                c.tests());
    }

    private @Nullable Body ruleChanged(Body body, RuleMode mode, Optional<Instant> until) {
        return switch (body) {
            case RuleSet set
            when has(set.rules()) -> new RuleSet(set.tier(), set.mode(), rules(set.rules(), mode, until));
            case Component c
            when has(c.ingress()) || has(c.egress()) ->
                component(c, c.mode(), rules(c.ingress(), mode, until), rules(c.egress(), mode, until));
            default -> null;
        };
    }

    private boolean has(List<Rule> rules) {
        return rules.stream().anyMatch(candidate -> candidate.id().equals(rule));
    }

    private List<Rule> rules(List<Rule> rules, RuleMode mode, Optional<Instant> until) {
        return rules.stream()
                .map(candidate -> candidate.id().equals(rule) ? rule(candidate, mode, until) : candidate)
                .toList();
    }

    private static Rule rule(Rule rule, RuleMode mode, Optional<Instant> until) {
        return new Rule(
                rule.id(),
                rule.priority(),
                rule.sides(),
                rule.from(),
                rule.to(),
                rule.exposes(),
                rule.l4(),
                rule.action(),
                rule.target(),
                mode,
                until,
                rule.limits(),
                rule.when(),
                rule.onChange());
    }
}
