package io.weir.datapath.pipeline;

import static io.weir.datapath.pipeline.DropReason.Severity.ERROR;
import static io.weir.datapath.pipeline.DropReason.Severity.INFO;

/**
 * Why a frame was dropped. Each reason is produced by one stage only, so that a counter alone tells where a frame ended.
 *
 * <p>Codes are stable: append at the end, never renumber, never reuse. {@code docs/drop-reasons.md} is generated from here.
 */
public enum DropReason {
    // parse
    FRAME_TOO_SHORT(1, "parse", ERROR, "frame is shorter than an Ethernet header (14 bytes)"),
    FRAME_TOO_LONG(2, "parse", ERROR, "frame is longer than the largest super-frame (65,557 bytes)"),
    OFFLOAD_INVALID(
            3, "parse", ERROR, "virtio-net header contradicts the frame: checksum or segmentation fields out of range"),
    VLAN_TRUNCATED(4, "parse", ERROR, "frame ends inside a VLAN tag"),
    VLAN_TOO_DEEP(5, "parse", ERROR, "more than two nested VLAN tags"),
    LLC_LENGTH_INVALID(
            6,
            "parse",
            ERROR,
            "IEEE 802.3 length field exceeds the frame, or the EtherType is in the undefined gap 1501 to 1535"),
    LLC_TRUNCATED(7, "parse", ERROR, "frame ends inside an LLC or SNAP header"),
    ARP_TRUNCATED(8, "parse", ERROR, "frame ends inside an ARP packet"),
    ARP_INVALID(9, "parse", ERROR, "ARP packet is not Ethernet and IPv4, or has an unknown operation"),
    IPV4_TRUNCATED(10, "parse", ERROR, "frame ends inside the IPv4 header"),
    IPV4_BAD_VERSION(11, "parse", ERROR, "EtherType says IPv4, the version field does not"),
    IPV4_BAD_IHL(12, "parse", ERROR, "IPv4 header length below 20 bytes or beyond the packet"),
    IPV4_BAD_LENGTH(13, "parse", ERROR, "IPv4 total length is below the header length or beyond the frame"),
    IPV4_BAD_OPTIONS(14, "parse", ERROR, "IPv4 option runs past the header, or has a length below 2"),
    IPV6_TRUNCATED(15, "parse", ERROR, "frame ends inside the IPv6 header"),
    IPV6_BAD_VERSION(16, "parse", ERROR, "EtherType says IPv6, the version field does not"),
    IPV6_BAD_LENGTH(17, "parse", ERROR, "IPv6 payload length is beyond the frame, or a jumbogram"),
    IPV6_EXTENSION_TRUNCATED(18, "parse", ERROR, "packet ends inside an IPv6 extension header"),
    IPV6_EXTENSION_CHAIN_TOO_LONG(19, "parse", ERROR, "more than eight IPv6 extension headers"),
    IPV6_EXTENSION_ORDER(
            20,
            "parse",
            ERROR,
            "IPv6 hop-by-hop options are not the first extension header, or a header that may occur once is repeated"),
    FRAGMENT_BAD_LENGTH(
            21,
            "parse",
            ERROR,
            "a fragment other than the last has a length that is no multiple of eight, or no payload"),
    FRAGMENT_BEYOND_DATAGRAM(22, "parse", ERROR, "a fragment ends beyond 65,535 bytes"),
    FRAGMENT_TINY(
            23,
            "parse",
            ERROR,
            "a first fragment that does not hold the whole transport header, or TCP at fragment offset one (RFC 1858)"),
    TCP_TRUNCATED(24, "parse", ERROR, "packet ends inside the TCP header"),
    TCP_BAD_OFFSET(25, "parse", ERROR, "TCP data offset below 20 bytes or beyond the segment"),
    UDP_TRUNCATED(26, "parse", ERROR, "packet ends inside the UDP header"),
    UDP_BAD_LENGTH(27, "parse", ERROR, "UDP length below eight bytes or beyond the packet"),
    SCTP_TRUNCATED(28, "parse", ERROR, "packet ends inside the SCTP common header"),
    ICMP_TRUNCATED(29, "parse", ERROR, "packet ends inside the ICMP header"),
    ICMPV6_TRUNCATED(30, "parse", ERROR, "packet ends inside the ICMPv6 header"),
    ND_TRUNCATED(31, "parse", ERROR, "packet ends inside a neighbour-discovery message"),
    ND_BAD_OPTION(
            32,
            "parse",
            ERROR,
            "neighbour-discovery option of length zero or beyond the message (RFC 4861 section 4.6)"),
    GROUP_MEMBERSHIP_TRUNCATED(
            33, "parse", ERROR, "packet ends inside an IGMP or MLD message, or inside one of its group records"),
    IPV6_MAPPED_ADDRESS(
            34,
            "parse",
            ERROR,
            "IPv6 packet from or to an IPv4-mapped address, which is none on the wire (RFC 4291 section 2.5.5.2), or neighbour"
                    + " discovery about one"),

    // fragments
    FRAGMENT_OVERLAP(
            40, "fragments", ERROR, "fragment overlaps one seen before, or belongs to a datagram that had an overlap"),
    FRAGMENT_TABLE_FULL(
            41, "fragments", ERROR, "the port has too many incomplete datagrams under way, too young to evict"),

    // port-guard
    PORT_NOT_READY(
            50,
            "port-guard",
            INFO,
            "frame arrived before the port was programmed, or while it is administratively down"),
    PORT_BLOCKED(
            51, "port-guard", ERROR, "port was shut by BPDU guard or loop detection and waits for its recovery time"),
    SOURCE_MAC_INVALID(52, "port-guard", ERROR, "source MAC address is a group address or zero"),
    LINK_LOCAL_RESERVED(
            53, "port-guard", INFO, "destination is in 01:80:c2:00:00:00 to 0f, which a bridge never forwards"),
    BPDU_FILTERED(54, "port-guard", INFO, "spanning-tree frame on a port with BPDU filter"),
    BPDU_GUARD(55, "port-guard", ERROR, "spanning-tree frame on a port with BPDU guard: the port is shut"),

    // vlan-ingress
    VLAN_NOT_ALLOWED(60, "vlan-ingress", ERROR, "the frame's VLAN is not carried by the port it arrived on"),
    VLAN_UNTAGGED_REFUSED(
            61, "vlan-ingress", ERROR, "untagged or priority-tagged frame on a trunk without a native VLAN"),
    VLAN_TAGGED_ON_ACCESS(62, "vlan-ingress", ERROR, "tagged frame on an access port"),

    // learn
    MAC_LIMIT_EXCEEDED(
            70, "learn", ERROR, "the port has reached its limit of MAC addresses and refuses further senders"),
    MAC_STICKY_VIOLATION(71, "learn", ERROR, "source MAC address belongs to another port by a static or sticky entry"),
    MAC_FLAPPING(
            72,
            "learn",
            ERROR,
            "source MAC address moves between ports too often: a loop is likely; frames from elsewhere than its home port are held back"),

    // storm-control
    STORM_BROADCAST(80, "storm-control", ERROR, "broadcast frames exceed the port's limit"),
    STORM_MULTICAST(81, "storm-control", ERROR, "multicast frames exceed the port's limit"),
    STORM_UNKNOWN_UNICAST(82, "storm-control", ERROR, "frames to unknown unicast addresses exceed the port's limit"),

    // bridge
    DESTINATION_IS_SOURCE(
            90, "bridge", INFO, "destination is behind the port the frame arrived on, and hairpin is off"),
    PORT_ISOLATED(91, "bridge", INFO, "source and destination port are both isolated"),
    FLOOD_DISABLED(92, "bridge", INFO, "every port that could take the flooded frame has flooding switched off"),
    NO_DESTINATION(93, "bridge", INFO, "no other port carries the frame's VLAN"),
    MULTICAST_NO_MEMBER(
            94, "bridge", INFO, "no port asked for the multicast group, and there is no multicast router port"),
    SPLIT_HORIZON(95, "bridge", INFO, "frame from one tunnel of a mesh towards another"),

    // egress: counted at the port the frame would have left by
    EGRESS_MTU_EXCEEDED(100, "egress", ERROR, "packet is larger than the MTU of the way out"),
    EGRESS_PORT_DOWN(101, "egress", ERROR, "the way out is down or its device is gone"),
    EGRESS_QUEUE_FULL(102, "egress", ERROR, "the way out did not take the frame in time: its queue is full"),
    EGRESS_REFUSED(103, "egress", ERROR, "the kernel refused the frame on the way out"),
    EGRESS_NO_BUFFER(104, "egress", ERROR, "no packet memory left for a copy of the frame"),
    EGRESS_UNSEGMENTABLE(
            105,
            "egress",
            ERROR,
            "super-frame of a kind that software segmentation does not know, to a port that takes none"),
    EGRESS_LABEL_UNWRITABLE(
            106,
            "egress",
            ERROR,
            "the way out requires a label option, and the packet has no level, no room, or a level that no tag can hold"),

    // source-guard
    SPOOFED_MAC(110, "source-guard", ERROR, "source MAC address is bound to no component of the port"),
    SPOOFED_VLAN(111, "source-guard", ERROR, "source MAC address is bound to the port, but not in the frame's VLAN"),
    SPOOFED_IP(112, "source-guard", ERROR, "source IP address is not bound to the sender, or belongs to another port"),
    SPOOFED_ARP(
            113, "source-guard", ERROR, "ARP sender addresses contradict the frame, or are not bound to the sender"),
    SPOOFED_ND(
            114,
            "source-guard",
            ERROR,
            "neighbour advertisement or solicitation claims an address that is not bound to the sender"),
    DHCP_SERVER_REFUSED(115, "source-guard", ERROR, "DHCP server message from a port that may not run a DHCP server"),
    ROUTER_ADVERTISEMENT_REFUSED(
            116, "source-guard", ERROR, "router advertisement or redirect from a port that may not be a router"),

    // firewall
    POLICY_MISSING(120, "firewall", ERROR, "the port is under policy, and no policy is in force yet"),
    IDENTITY_UNKNOWN(121, "firewall", ERROR, "one end of the flow is no component, and no manifest speaks for it"),
    ASSURANCE_TOO_LOW(
            122,
            "firewall",
            ERROR,
            "an end's claim to be its component rests on less than the component's minAssurance demands"),
    LABEL_DENIED(123, "firewall", ERROR, "the flow's security level is not in the range of both ends and their ports"),
    LABEL_TYPE_DENIED(
            180,
            "firewall",
            ERROR,
            "no type rule of the label domain lets the source's type speak to the destination's"),
    EGRESS_DENIED(124, "firewall", ERROR, "a rule denies the flow on the source's egress side"),
    INGRESS_DENIED(125, "firewall", ERROR, "a rule denies the flow on the destination's ingress side"),
    EGRESS_NO_RULE(126, "firewall", ERROR, "no egress rule of the source allows the flow (default deny)"),
    INGRESS_NO_RULE(127, "firewall", ERROR, "no ingress rule of the destination allows the flow (default deny)"),
    SESSION_TABLE_FULL(
            128, "firewall", ERROR, "no session can be begun: the table, or the port's share of it, is full"),
    CONNECTION_LIMIT(129, "firewall", ERROR, "a limit on sessions under way at once is reached"),
    CONNECTION_RATE(130, "firewall", ERROR, "a limit on new sessions per second is exceeded"),
    RATE_EXCEEDED(131, "firewall", ERROR, "a limit on bits or packets per second is exceeded"),
    TCP_NO_SESSION(132, "firewall", ERROR, "TCP segment that begins no session and belongs to none"),
    TCP_INVALID(133, "firewall", ERROR, "TCP segment outside the window, or of a kind its session's state forbids"),
    ICMP_UNRELATED(134, "firewall", ERROR, "ICMP error or reply that belongs to no session"),
    FRAGMENT_UNJUDGED(135, "firewall", ERROR, "later fragment whose first fragment has not passed"),
    NEIGHBOUR_UNREACHABLE(
            136,
            "firewall",
            INFO,
            "ARP, neighbour discovery, group membership or DHCP, and no port that it could go to may hear it"),
    PROTOCOL_UNJUDGED(137, "firewall", ERROR, "neither IP, ARP nor neighbour discovery, and no rule allows it"),
    QUARANTINED(138, "firewall", ERROR, "the source or destination component is in quarantine"),
    REDIRECT_TARGET_DOWN(139, "firewall", ERROR, "the flow is redirected to a port that does not exist or is down"),

    // wire-label
    WIRE_LABEL_MISSING(140, "wire-label", ERROR, "IP packet without a label option from a port that requires one"),
    WIRE_LABEL_INVALID(141, "wire-label", ERROR, "label option whose lengths, order or checksum are wrong"),
    WIRE_LABEL_DOMAIN(
            142,
            "wire-label",
            ERROR,
            "label option of an unknown domain of interpretation, or with a tag that it lacks"),
    WIRE_LABEL_UNKNOWN(143, "wire-label", ERROR, "label option with a level beyond those that can be told apart"),
    WIRE_LABEL_MISMATCH(
            144, "wire-label", ERROR, "label option says another level than the SA that the packet arrived on"),

    // esp-decrypt
    ESP_TRUNCATED(
            150, "esp-decrypt", ERROR, "datagram too short for an ESP packet of its SA, or not made of whole blocks"),
    ESP_SPI_UNKNOWN(151, "esp-decrypt", ERROR, "no inbound SA of the tunnel has this SPI"),
    ESP_REPLAYED(152, "esp-decrypt", ERROR, "sequence number was received before"),
    ESP_TOO_OLD(153, "esp-decrypt", ERROR, "sequence number lies before the replay window"),
    ESP_AUTHENTICATION_FAILED(154, "esp-decrypt", ERROR, "packet was altered, or sealed with another key"),
    ESP_SA_EXPIRED(155, "esp-decrypt", ERROR, "the SA's lifetime in time, bytes or packets is over"),
    ESP_PADDING_INVALID(
            156,
            "esp-decrypt",
            ERROR,
            "authentic packet whose padding is longer than the packet, or not 1, 2, 3 and so on"),
    ESP_DUMMY(157, "esp-decrypt", INFO, "dummy packet (next header 59), which hides how much is sent"),
    ESP_NEXT_HEADER(158, "esp-decrypt", ERROR, "authentic packet that holds something else than the SA carries"),
    ESP_INNER_INVALID(159, "esp-decrypt", ERROR, "authentic packet whose inner frame or packet is malformed"),
    ESP_SELECTOR_MISMATCH(
            160,
            "esp-decrypt",
            ERROR,
            "inner addresses are not in the tunnel's traffic selectors (RFC 4301 section 5.2)"),
    ESP_CONGESTION_LOST(
            161,
            "esp-decrypt",
            INFO,
            "the outer header says congestion, which the inner packet cannot (RFC 6040 section 4.2)"),
    ESP_INNER_UNREACHABLE(
            162,
            "esp-decrypt",
            INFO,
            "nobody has answered for the inner destination's hardware address, or too many packets wait for that"),

    // esp-encrypt: counted at the tunnel's port, as in egress
    ESP_NO_SA(170, "esp-encrypt", ERROR, "the tunnel has no outbound SA of the frame's security level"),
    ESP_SA_EXHAUSTED(171, "esp-encrypt", ERROR, "the outbound SA's sequence numbers or lifetime are used up"),
    ESP_OUTBOUND_SELECTOR(172, "esp-encrypt", ERROR, "packet is outside the tunnel's traffic selectors"),
    ESP_MTU_EXCEEDED(173, "esp-encrypt", ERROR, "packet does not fit the path to the peer, and may not be fragmented"),
    ESP_NOT_IP(174, "esp-encrypt", INFO, "frame is not IP, and the tunnel carries IP packets only"),
    ESP_UNSEGMENTABLE(175, "esp-encrypt", ERROR, "super-frame of a kind that cannot be segmented before encryption"),
    ESP_QUEUE_FULL(176, "esp-encrypt", ERROR, "the network below did not take the datagram in time"),
    ESP_SEND_REFUSED(177, "esp-encrypt", ERROR, "the kernel refused the datagram"),
    ESP_HOPS_EXCEEDED(178, "esp-encrypt", INFO, "packet has no hop left for the way through the tunnel");

    /** How a reason is meant to be read: INFO happens on a healthy network, ERROR deserves a look. */
    public enum Severity {
        INFO,
        ERROR
    }

    /** One above the highest code: the length of an array indexed by code. Code 0 means "not dropped". */
    public static final int CODES = 192;

    /** The code that means "not dropped". */
    public static final int NONE = 0;

    private static final DropReason[] BY_CODE = new DropReason[CODES];

    static {
        for (DropReason reason : values()) {
            if (BY_CODE[reason.code] != null) {
                throw new ExceptionInInitializerError("drop reason code " + reason.code + " is used twice");
            }
            BY_CODE[reason.code] = reason;
        }
    }

    private final int code;
    private final String stage;
    private final Severity severity;
    private final String description;
    private final String label;

    DropReason(int code, String stage, Severity severity, String description) {
        this.code = code;
        this.stage = stage;
        this.severity = severity;
        this.description = description;
        this.label = name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** Stable number, 1 to {@link #CODES} - 1. */
    public int code() {
        return code;
    }

    /** Name of the only stage that drops for this reason. */
    public String stage() {
        return stage;
    }

    /** Whether it is counted at the port that the frame would have left by, and not where it arrived. */
    public boolean atWayOut() {
        return stage.equals("egress") || stage.equals("esp-encrypt");
    }

    public Severity severity() {
        return severity;
    }

    /** One line for people. */
    public String description() {
        return description;
    }

    /** Kebab-case name, the same in counters, captures, documents and the command line. */
    public String label() {
        return label;
    }

    /** The reason with that code; throws for a code that is none, so never call it per packet. */
    public static DropReason ofCode(int code) {
        DropReason reason = code > 0 && code < CODES ? BY_CODE[code] : null;
        if (reason == null) {
            throw new IllegalArgumentException("drop reason code must be one of the defined ones: was " + code);
        }
        return reason;
    }
}
