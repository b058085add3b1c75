package io.weir.control.policy;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

import io.weir.identity.component.IpPrefix;

/** IP addresses as text; names are not resolved. */
final class Addresses {
    private Addresses() {}

    /** The address as a prefix of full length; empty when the text is none. */
    static Optional<IpPrefix> parse(String text) {
        try {
            byte[] bytes = InetAddress.ofLiteral(text).getAddress();
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return Optional.of(
                    bytes.length == 4
                            ? IpPrefix.ipv4(buffer.getInt(), 32)
                            : new IpPrefix(buffer.getLong(), buffer.getLong(), 128));
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }
}
