package io.weir.identity.manifest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.weir.identity.component.IpPrefix;
import io.weir.identity.component.IpText;
import io.weir.identity.component.Peer;

/** Reads the ends of flows that rules and groups name. */
final class PeerReader {
    private static final List<String> KINDS = List.of("component", "labels", "group", "cidr", "any");

    private PeerReader() {}

    static List<Peer> peers(List<Section> sections) {
        List<Peer> peers = new ArrayList<>();
        sections.forEach(section -> peer(section).ifPresent(peers::add));
        return peers;
    }

    private static Optional<Peer> peer(Section section) {
        List<String> kinds = KINDS.stream().filter(section::knows).toList();
        List<String> said = kinds.stream().filter(section::has).toList();
        if (said.size() != 1) {
            String which = said.isEmpty() ? "nothing of that" : String.join(" and ", said);
            section.problem("must say one of " + String.join(", ", kinds) + ": said " + which, "write one of them");
            return Optional.empty();
        }
        if (!said.getFirst().equals("cidr")) {
            refuseCidrKey(section, "except");
            refuseCidrKey(section, "scope");
        }
        return switch (said.getFirst()) {
            case "component" -> named(section, "component").map(Peer.ById::new);
            case "group" -> named(section, "group").map(Peer.ByGroup::new);
            case "labels" -> labels(section);
            case "cidr" -> cidr(section);
            default -> any(section);
        };
    }

    private static void refuseCidrKey(Section section, String key) {
        if (section.knows(key) && section.has(key)) {
            section.problem(key, "means something with cidr only", "leave it out");
        }
    }

    private static Optional<String> named(Section section, String key) {
        String name = section.name(key, Word.ID);
        return name.isEmpty() ? Optional.empty() : Optional.of(name);
    }

    private static Optional<Peer> labels(Section section) {
        Map<String, String> labels = section.labels("labels");
        if (labels.isEmpty()) {
            section.problem(
                    "labels", "must name at least one label", "write {name: value}, or any: true for everybody");
        }
        return labels.isEmpty() ? Optional.empty() : Optional.of(new Peer.ByLabels(labels));
    }

    private static Optional<Peer> any(Section section) {
        if (!section.flag("any", true)) {
            section.problem("any", "must be true: was false", "leave the peer out");
        }
        return Optional.of(new Peer.Any());
    }

    private static Optional<Peer> cidr(Section section) {
        Optional<IpPrefix> prefix = section.item("cidr").flatMap(item -> prefix(section, item));
        List<IpPrefix> except = new ArrayList<>();
        for (Section.Item item : section.texts("except")) {
            prefix(section, item)
                    .filter(part -> within(section, item, part, prefix.orElse(null)))
                    .ifPresent(except::add);
        }
        Peer.Scope scope = section.choice("scope", List.of(Peer.Scope.values()), Peer.Scope.ANY);
        return prefix.map(network -> new Peer.ByCidr(network, except, scope));
    }

    private static boolean within(Section section, Section.Item item, IpPrefix part, @Nullable IpPrefix whole) {
        if (whole != null && !whole.contains(part)) {
            String problem = "must lie within " + IpText.of(whole) + ": was " + Wording.shown(item.text());
            section.problem(item, problem, "write a part of the cidr, or leave it out");
            return false;
        }
        return true;
    }

    /** An address or network; reports text that is none. */
    static Optional<IpPrefix> prefix(Section section, Section.Item item) {
        IpPrefix prefix = IpText.parse(item.text());
        if (prefix != null) {
            return Optional.of(prefix);
        }
        IpPrefix around = IpText.network(item.text());
        String was = ": was " + Wording.shown(item.text());
        if (around == null) {
            section.problem(item, "must be an IP address or network" + was, "write 10.8.0.0/16 or fd00:8::/64");
        } else {
            section.problem(item, "bits behind the prefix must be zero" + was, "write " + IpText.of(around));
        }
        return Optional.empty();
    }
}
