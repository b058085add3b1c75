package io.weir.identity.manifest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.weir.identity.component.L4Match;
import io.weir.identity.component.L4Match.Range;
import io.weir.identity.component.L4Text;

/** Reads protocols with their ports or ICMP types. */
final class L4Reader {
    private static final String PROTOCOLS = String.join(", ", L4Text.protocols()) + " or 0 to 255";

    private L4Reader() {}

    /** The list {@code l4} of a rule. */
    static List<L4Match> matches(Section rule) {
        return matches(rule, Part.L4);
    }

    /** The list {@code l4}, of rules or instances. */
    static List<L4Match> matches(Section section, Part part) {
        List<L4Match> matches = new ArrayList<>();
        for (Section l4 : section.someSections("l4", part, "leave l4 out when any protocol will do")) {
            match(l4).ifPresent(matches::add);
        }
        return matches;
    }

    /** The keys protocol, ports and types. */
    static Optional<L4Match> match(Section section) {
        section.require("protocol", PROTOCOLS);
        return section.text("protocol").flatMap(text -> match(section, text));
    }

    private static Optional<L4Match> match(Section section, String text) {
        int protocol = L4Text.protocol(text);
        if (protocol == L4Text.INVALID) {
            String problem = "must be a protocol, " + PROTOCOLS + ": was " + Wording.shown(text);
            section.problem("protocol", problem, Wording.closest(text, L4Text.protocols(), "write one of: "));
            return Optional.empty();
        }
        if (section.has("ports") && !L4Text.hasPorts(protocol)) {
            section.problem("ports", "only tcp, udp and sctp have ports: protocol is " + text, "leave ports out");
            return Optional.empty();
        }
        boolean types = section.knows("types") && section.has("types");
        if (types && !L4Text.isIcmp(protocol)) {
            section.problem("types", "only icmp and icmpv6 have types: protocol is " + text, "leave types out");
            return Optional.empty();
        }
        List<Range> ranges = types ? types(section, protocol) : ports(section);
        return Optional.of(new L4Match(protocol, ranges));
    }

    private static List<Range> ports(Section section) {
        Optional<String> text = section.text("ports");
        List<Range> ports = text.map(L4Text::ports).orElse(null);
        if (text.isPresent() && ports == null) {
            String problem = "must be ports, 0 to 65535: was " + Wording.shown(text.get());
            section.problem("ports", problem, "write \"80,443,1000-2000\"");
        }
        return ports == null ? List.of() : ports;
    }

    private static List<Range> types(Section section, int protocol) {
        List<Range> types = new ArrayList<>();
        for (Section.Item item : section.someTexts("types", "leave types out when any will do")) {
            Range type = L4Text.icmpType(protocol, item.text());
            if (type == null) {
                String problem =
                        "must be a type of " + L4Text.protocol(protocol) + ": was " + Wording.shown(item.text());
                String known = String.join(", ", L4Text.icmpTypeNames(protocol));
                section.problem(item, problem, "write a number, \"3/4\" with a code, or a name: " + known);
            } else {
                types.add(type);
            }
        }
        return L4Text.merged(types);
    }
}
