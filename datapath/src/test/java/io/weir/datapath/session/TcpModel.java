package io.weir.datapath.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.weir.datapath.wire.TcpHeader;

/**
 * Two TCPs that send each other random data and close, over a network that loses, repeats and reorders, with the switch in its
 * middle. Obeys RFC 9293: sends within the window that its peer has offered, acknowledges what came in order, sends again what
 * was lost. Knows nothing of the tracker.
 */
final class TcpModel {
    private static final int SUPER_FRAME = 64_000;

    /** A segment on its way. */
    record Wire(boolean reply, int flags, int sequence, int acknowledgment, int window, int length, int scale) {}

    /** One end. */
    private final class Host {
        private final boolean reply;
        private final int initial;
        private final int scale;
        private final int total; // bytes to send
        private int una; // from the initial number on, all of these
        private int next;
        private int highest;
        private int offered; // highest number that the peer has allowed
        private int received; // number of the peer expected next, relative to its initial one
        private boolean finReceived;
        private boolean synchronised;

        Host(boolean reply) {
            this.reply = reply;
            initial = random.nextInt();
            scale = random.nextInt(4) == 0 ? 0 : random.nextInt(15);
            total = random.nextInt(400_000);
        }

        private int limit() {
            return 1 + total;
        }

        /** The peer's scale counts when both have said one. */
        private int window() {
            int window = random.nextInt(10) == 0 ? 0 : random.nextInt(1 << 16);
            return window;
        }

        private Wire segment(int flags, int from, int length) {
            int window = window();
            Host peer = reply ? client : server;
            if (peer.synchronised && (flags & TcpHeader.SYN) == 0) {
                // Never takes back what it has offered.
                int least = Math.max(0, peer.offeredByPeer - received);
                int shift = shift();
                int scaledLeast = least + (1 << shift) - 1 >>> shift;
                window = Math.min(65_535, Math.max(window, scaledLeast));
                peer.offeredByPeer = Math.max(peer.offeredByPeer, received + (window << shift));
            } else {
                peer.offeredByPeer = Math.max(peer.offeredByPeer, received + window);
            }
            int acknowledgment = (flags & TcpHeader.ACK) != 0 ? peer.initial + received : 0;
            int option = (flags & TcpHeader.SYN) != 0 && scaling ? scale : TcpSegment.NO_SCALE;
            return new Wire(reply, flags, initial + from, acknowledgment, window, length, option);
        }

        private int offeredByPeer; // what the peer has offered us, seen at its side

        private int shift() {
            return scaling ? scale : 0;
        }

        void transmit() {
            if (random.nextInt(3) == 0) {
                next = una;
            }
            int burst = random.nextInt(1, 6);
            while (burst-- > 0) {
                int allowed = Math.min(offered, limit());
                int length = Math.min(allowed - next, random.nextInt(1, random.nextInt(4) == 0 ? SUPER_FRAME : 1461));
                if (length > 0) {
                    send(segment(TcpHeader.ACK | TcpHeader.PSH, next, length));
                    next += length;
                } else if (next == limit() && una <= limit() && offered > next) {
                    send(segment(TcpHeader.ACK | TcpHeader.FIN, next, 0));
                    next = limit() + 1;
                } else if (una == next && offered == next && next < limit()) {
                    send(segment(TcpHeader.ACK, next, 1));
                    next++;
                } else {
                    send(segment(TcpHeader.ACK, Math.max(next, highest), 0));
                }
                highest = Math.max(highest, next);
            }
        }

        void receive(Wire wire) {
            Host peer = reply ? client : server;
            if (!synchronised || (wire.flags & TcpHeader.ACK) == 0) {
                return;
            }
            int from = wire.sequence - peer.initial;
            boolean fin = (wire.flags & TcpHeader.FIN) != 0;
            int to = from + wire.length + (fin ? 1 : 0);
            if (from <= received && to > received) {
                received = to;
                finReceived |= fin;
            }
            int acknowledged = wire.acknowledgment - initial;
            if (acknowledged > una) {
                una = acknowledged;
                next = Math.max(next, una);
            }
            int shift = (wire.flags & TcpHeader.SYN) != 0 ? 0 : peer.shift();
            offered = Math.max(offered, acknowledged + (wire.window << shift));
            if (to > from && random.nextInt(3) > 0) {
                send(segment(TcpHeader.ACK, Math.max(next, highest), 0));
            }
        }

        boolean done() {
            return una == limit() + 1 && finReceived;
        }
    }

    private final Random random;
    private final boolean scaling;
    private final int lossPercent;
    private final Host client;
    private final Host server;
    private final List<Wire> before = new ArrayList<>(); // sent, not yet at the switch
    private final List<Wire> behind = new ArrayList<>(); // past the switch

    TcpModel(long seed) {
        random = new Random(seed);
        scaling = random.nextBoolean();
        lossPercent = random.nextInt(20);
        client = new Host(false);
        server = new Host(true);
    }

    private void send(Wire wire) {
        before.add(wire);
    }

    /** The three segments of the handshake, each perhaps sent twice. */
    List<Wire> handshake() {
        List<Wire> seen = new ArrayList<>();
        repeat(seen, client.segment(TcpHeader.SYN, 0, 0));
        server.received = 1;
        server.synchronised = true;
        repeat(seen, server.segment(TcpHeader.SYN | TcpHeader.ACK, 0, 0));
        Wire synAck = seen.getLast();
        client.received = 1;
        client.synchronised = true;
        client.una = client.next = client.highest = 1;
        server.una = server.next = server.highest = 1;
        client.offered = 1 + synAck.window;
        Wire ack = client.segment(TcpHeader.ACK, 1, 0);
        repeat(seen, ack);
        server.offered = 1 + (ack.window << client.shift());
        return seen;
    }

    private void repeat(List<Wire> seen, Wire wire) {
        seen.add(wire);
        if (random.nextInt(4) == 0) {
            seen.add(wire);
        }
    }

    /** Lets something happen; returns what reaches the switch now, in order. */
    List<Wire> step() {
        (random.nextBoolean() ? client : server).transmit();
        List<Wire> seen = new ArrayList<>();
        while (!before.isEmpty() && random.nextInt(6) > 0) {
            Wire wire = before.remove(random.nextInt(Math.min(3, before.size())));
            if (random.nextInt(100) >= lossPercent) {
                seen.add(wire);
                behind.add(wire);
            }
        }
        while (!behind.isEmpty() && random.nextInt(6) > 0) {
            Wire wire = behind.remove(random.nextInt(Math.min(3, behind.size())));
            if (random.nextInt(100) >= lossPercent) {
                (wire.reply ? client : server).receive(wire);
            }
        }
        return seen;
    }

    boolean done() {
        return client.done() && server.done();
    }

    /** Where the direction is: the highest number it has used. */
    int position(boolean reply) {
        Host host = reply ? server : client;
        return host.initial + host.highest;
    }
}
