package io.weir.identity.conformance;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.weir.datapath.wire.IpProtocol;

/**
 * One attempt to reach a port, and what is to become of it.
 *
 * @param from component that begins
 * @param to component that is to be reached
 * @param protocol IP protocol number
 * @param port destination port
 * @param allowed false: dropped without an answer
 * @param text the line it stands in
 */
record Probe(String from, String to, int protocol, int port, boolean allowed, String text) {
    private static final Pattern FORM = Pattern.compile("(\\S+) -> (\\S+) (tcp|udp|sctp)/(\\d+) (allow|deny)");

    /** Reads {@code from -> to tcp/80 allow}. */
    static Probe parse(String line) {
        Matcher words = FORM.matcher(line);
        if (!words.matches()) {
            throw new IllegalArgumentException(
                    "a probe reads FROM -> TO tcp|udp|sctp/PORT allow|deny: was \"" + line + '"');
        }
        int port = Integer.parseInt(words.group(4));
        boolean allowed = words.group(5).equals("allow");
        return new Probe(words.group(1), words.group(2), protocol(words.group(3)), port, allowed, line);
    }

    private static int protocol(String word) {
        return switch (word) {
            case "tcp" -> IpProtocol.TCP;
            case "udp" -> IpProtocol.UDP;
            default -> IpProtocol.SCTP;
        };
    }
}
