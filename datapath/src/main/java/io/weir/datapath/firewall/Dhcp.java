package io.weir.datapath.firewall;

import io.weir.datapath.packet.PacketBatch;

/**
 * Tells DHCP (RFC 2131 section 4.1) and DHCPv6 (RFC 8415 section 7.2) by their ports.
 *
 * <p>Threading: stateless.
 */
final class Dhcp {
    static final int NONE = 0;
    /** From a client to a server. */
    static final int FROM_CLIENT = 1;
    /** From a server or a relay. */
    static final int FROM_SERVER = 2;

    private static final int CLIENT_PORT = 68;
    private static final int SERVER_PORT = 67;
    private static final int CLIENT_PORT_6 = 546;
    private static final int SERVER_PORT_6 = 547;

    private Dhcp() {}

    /** One of the kinds above. */
    static int kind(PacketBatch batch, int i) {
        if (!batch.is(i, PacketBatch.IS_DHCP)) {
            return NONE;
        }
        int ports = batch.word(i, batch.transportOffset(i));
        boolean version4 = batch.is(i, PacketBatch.IS_IPV4);
        int server = version4 ? SERVER_PORT : SERVER_PORT_6;
        if (ports >>> 16 == server) {
            return FROM_SERVER;
        }
        int client = version4 ? CLIENT_PORT : CLIENT_PORT_6;
        return ports == (client << 16 | server) ? FROM_CLIENT : NONE;
    }

    /**
     * Whether the packet of a server goes to where clients and relays listen. One that does not is nobody's answer, but a flow
     * from a port that happens to be the server's.
     */
    static boolean isForDhcp(PacketBatch batch, int i) {
        int destination = batch.word(i, batch.transportOffset(i)) & 0xFFFF;
        return batch.is(i, PacketBatch.IS_IPV4)
                ? destination == CLIENT_PORT || destination == SERVER_PORT
                : destination == CLIENT_PORT_6 || destination == SERVER_PORT_6;
    }

    /** Whether a packet goes to where clients listen: only a server's may, whatever port it comes from. */
    static boolean isForClient(PacketBatch batch, int i) {
        if (!batch.is(i, PacketBatch.IS_DHCP)) {
            return false;
        }
        int destination = batch.word(i, batch.transportOffset(i)) & 0xFFFF;
        return destination == (batch.is(i, PacketBatch.IS_IPV4) ? CLIENT_PORT : CLIENT_PORT_6);
    }
}
