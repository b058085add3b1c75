package io.weir.ipsec.tunnel;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The MAC address of a tunnel, under which one of IP packets is a gateway, and each sends its ICMP errors: always the same for a
 * peer on a host, so that a restart leaves what others have learned valid.
 *
 * <p>Threading: stateless.
 */
final class GatewayAddress {
    /** First byte 02: locally administered, not a group (IEEE 802-2014 clause 8.4). */
    private static final long PREFIX = 0x02L << 40;

    private GatewayAddress() {}

    /** 02 and the first 40 bits of a hash over the peer's name and this host's address, in the low 48 bits. */
    static long of(String peer, InetAddress local) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(local.getAddress());
            byte[] hash = digest.digest(peer.getBytes(UTF_8));
            return PREFIX | ByteBuffer.wrap(hash).getLong() >>> 24;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
