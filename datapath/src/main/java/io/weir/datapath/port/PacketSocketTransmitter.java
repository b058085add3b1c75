package io.weir.datapath.port;

import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.kernel.packetsocket.MessageVector;
import io.weir.kernel.packetsocket.PacketSocket;

/**
 * Sends by an AF_PACKET socket, many frames a system call: they wait in a vector for the batch's end.
 *
 * <p>Threading: one worker.
 */
final class PacketSocketTransmitter implements Transmitter, AutoCloseable {
    private static final int CAPACITY = 128;

    private final int number;
    private final PacketSocket socket;
    private final CounterTable counters;
    private final MessageVector vector = new MessageVector(CAPACITY);
    private final long[] address = new long[CAPACITY];
    private final int[] length = new int[CAPACITY];
    private Refusals refusals = Refusals.NONE;
    private int waiting;

    PacketSocketTransmitter(int number, PacketSocket socket, CounterTable counters) {
        this.number = number;
        this.socket = socket;
        this.counters = counters;
    }

    @Override
    public int offloads() {
        return TAKES_ALL;
    }

    @Override
    public void transmit(long address, int length) {
        if (waiting == CAPACITY) {
            flush();
        }
        this.address[waiting] = address;
        vector.base(waiting, address - VirtioNetHeader.LENGTH, length + VirtioNetHeader.LENGTH);
        this.length[waiting++] = length;
    }

    @Override
    public void flush() {
        int done = 0;
        while (done < waiting) {
            int sent = vector.send(socket.fd(), done, waiting - done);
            if (sent <= 0) {
                int reason = EgressReason.of(sent);
                counters.drop(number, reason);
                refusals.refused(address[done], length[done], reason);
                done++;
            } else {
                count(done, sent);
                done += sent;
            }
        }
        waiting = 0;
    }

    private void count(int from, int sent) {
        long bytes = 0;
        for (int i = from; i < from + sent; i++) {
            bytes += length[i];
        }
        counters.add(number, CounterTable.TX_FRAMES, sent);
        counters.add(number, CounterTable.TX_BYTES, bytes);
    }

    @Override
    public void tell(Refusals refusals) {
        this.refusals = refusals;
    }

    @Override
    public void close() {
        socket.close();
        vector.close();
    }
}
