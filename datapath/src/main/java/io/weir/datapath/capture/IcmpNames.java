package io.weir.datapath.capture;

/** Names of the usual ICMP (RFC 792) and ICMPv6 (RFC 4443, RFC 4861) message types, for people. */
final class IcmpNames {
    private IcmpNames() {}

    static String v4(int type) {
        return switch (type) {
            case 0 -> "echo reply";
            case 3 -> "destination unreachable";
            case 5 -> "redirect";
            case 8 -> "echo request";
            case 11 -> "time exceeded";
            case 12 -> "parameter problem";
            default -> "type " + type;
        };
    }

    static String v6(int type) {
        return switch (type) {
            case 1 -> "destination unreachable";
            case 2 -> "packet too big";
            case 3 -> "time exceeded";
            case 4 -> "parameter problem";
            case 128 -> "echo request";
            case 129 -> "echo reply";
            case 133 -> "router solicitation";
            case 134 -> "router advertisement";
            case 135 -> "neighbour solicitation";
            case 136 -> "neighbour advertisement";
            case 137 -> "redirect";
            default -> "type " + type;
        };
    }
}
