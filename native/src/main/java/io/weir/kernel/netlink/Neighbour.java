package io.weir.kernel.netlink;

import java.net.InetAddress;

/**
 * An entry of the host's ARP or neighbour table.
 *
 * <p>Threading: immutable.
 *
 * @param mac as {@code 52:54:00:aa:01:02}, empty while it is not resolved
 * @param state NUD_ bits, for example {@link #REACHABLE}
 */
public record Neighbour(int ifIndex, InetAddress address, String mac, int state) {
    public static final int INCOMPLETE = 0x01;
    public static final int REACHABLE = 0x02;
    public static final int STALE = 0x04;
    public static final int FAILED = 0x20;
    public static final int PERMANENT = 0x80;
}
