package io.weir.datapath.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * A multicast membership found by snooping.
 *
 * @param group IPv4 or IPv6 address of the group
 * @param vlan VLAN, 1 to 4094
 * @param port name of the port with the member
 * @param ageNs time since the last report, in ns
 */
public record GroupEntry(String group, int vlan, String port, long ageNs) {
    private static final int IPV6_LENGTH = 16;

    /** Text of an address of two longs in network order, IPv4 mapped into IPv6 (RFC 4291 section 2.5.5.2). */
    static String address(long high, long low) {
        byte[] bytes =
                ByteBuffer.allocate(IPV6_LENGTH).putLong(high).putLong(low).array();
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("sixteen bytes are an address", e);
        }
    }
}
