package io.weir.identity.conformance;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.weir.datapath.policy.Action;
import io.weir.datapath.wire.IpProtocol;

/**
 * One attempt to reach a port, and what is to become of it.
 *
 * @param from component that begins
 * @param to component that is to be reached
 * @param protocol IP protocol number
 * @param port destination port; {@code type << 8 | code} of ICMP and ICMPv6
 * @param action one of {@link Action}: ALLOW, DROP or REJECT
 * @param by document whose rule decides, when the case says so
 * @param text how the case writes it
 */
record Probe(String from, String to, int protocol, int port, int action, Optional<String> by, String text) {
    private static final Pattern FORM =
            Pattern.compile("(\\S+) -> (\\S+) (tcp|udp|sctp|icmp|icmpv6)/(\\d+) (allow|deny|reject)(?: by (\\S+))?");

    /** Reads {@code from -> to tcp/80 allow}, or {@code ... icmp/8 deny by some-rule-set}. */
    static Probe parse(String line) {
        Matcher words = FORM.matcher(line);
        if (!words.matches()) {
            throw new IllegalArgumentException(
                    "a probe reads FROM -> TO PROTOCOL/PORT allow|deny|reject [by DOCUMENT]: was \"" + line + '"');
        }
        int protocol = protocol(words.group(3));
        int number = Integer.parseInt(words.group(4));
        return new Probe(
                words.group(1),
                words.group(2),
                protocol,
                isIcmp(protocol) ? number << 8 : number,
                action(words.group(5)),
                Optional.ofNullable(words.group(6)),
                line);
    }

    boolean allowed() {
        return action == Action.ALLOW;
    }

    private static boolean isIcmp(int protocol) {
        return protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6;
    }

    private static int protocol(String word) {
        return switch (word) {
            case "tcp" -> IpProtocol.TCP;
            case "udp" -> IpProtocol.UDP;
            case "sctp" -> IpProtocol.SCTP;
            case "icmp" -> IpProtocol.ICMP;
            default -> IpProtocol.ICMPV6;
        };
    }

    private static int action(String word) {
        return switch (word) {
            case "allow" -> Action.ALLOW;
            case "deny" -> Action.DROP;
            default -> Action.REJECT;
        };
    }

    @Override
    public String toString() {
        return text;
    }
}
