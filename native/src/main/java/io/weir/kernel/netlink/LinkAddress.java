package io.weir.kernel.netlink;

import java.net.InetAddress;

/**
 * An IPv4 or IPv6 address of the host on an interface.
 *
 * <p>Threading: immutable.
 */
public record LinkAddress(int ifIndex, InetAddress address, int prefixLength) {}
