package io.weir.datapath.port;

import io.weir.datapath.pipeline.CounterTable;

/**
 * An open port: the kernel objects behind it. Everything that the port needs to be safe is programmed before the
 * constructor of a device returns; {@link #close} undoes all of it.
 *
 * <p>Threading: the control thread opens and closes; the receiver and each transmitter belong to a worker. A device is
 * closed only after its worker has let go of it.
 */
public interface PortDevice extends AutoCloseable {
    /** The state of the kernel's interface. */
    enum Link {
        UP,
        /** Exists, and is administratively down. */
        DOWN,
        /** Administratively up, but its other end is down or not there. */
        NO_CARRIER,
        /** Does not exist any more. */
        GONE
    }

    /** State of the interface now; asks the kernel, so not for the packet path. GONE too when its namespace was deleted. */
    Link link();

    /** How frames move: {@code tap}, {@code packet}, {@code xdp-native}, {@code xdp-generic}, {@code pcap}, or a tunnel's transport. */
    String io();

    /** Index of the kernel's interface in its namespace, 0 when there is none. */
    int interfaceIndex();

    /** Largest network-layer packet in bytes. */
    int mtu();

    /** The port's only receiver. */
    Receiver receiver();

    /** A new way out for one worker, which counts in that worker's table; {@code owner} says whether it is the receiver's worker. */
    Transmitter transmitter(CounterTable counters, boolean owner);

    /**
     * Whether the device can serve the port with these settings too.
     *
     * @throws PortException when it cannot
     */
    default void requireServes(PortSettings changed) {}

    @Override
    void close();
}
