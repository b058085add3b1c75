package io.weir.identity.conformance;

import java.util.Arrays;
import java.util.List;

import io.weir.datapath.wire.EthernetHeader;
import io.weir.datapath.wire.IpProtocol;

/** Which addresses a probe is made with. */
enum Family {
    IPV4(EthernetHeader.TYPE_IPV4, IpProtocol.ICMPV6),
    IPV6(EthernetHeader.TYPE_IPV6, IpProtocol.ICMP);

    private final int etherType;
    private final int foreignProtocol;

    Family(int etherType, int foreignProtocol) {
        this.etherType = etherType;
        this.foreignProtocol = foreignProtocol;
    }

    int etherType() {
        return etherType;
    }

    /** Those that a probe can be made with: ICMP belongs to one, ICMPv6 to the other, all else to both. */
    static List<Family> of(Probe probe) {
        return Arrays.stream(values())
                .filter(family -> family.foreignProtocol != probe.protocol())
                .toList();
    }
}
