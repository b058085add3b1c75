package io.weir.datapath.worker;

import io.weir.datapath.pipeline.PortEvents.Kind;

/** A guest in a namespace of its own with one interface {@code eth0}, on a port of the kind under test. */
final class Guest implements AutoCloseable {
    static final String DEVICE = "eth0";

    /** How the switch reaches the guest. */
    enum Attachment {
        TAP,
        PACKET,
        XDP
    }

    private final TestNamespace namespace = new TestNamespace();
    private final String name;
    private final GuestSocket socket;

    /**
     * Adds the port and opens the guest's socket.
     *
     * @param host where the switch's end of a veth pair lives
     */
    Guest(Switch weir, TestNamespace host, String name, Attachment attachment) {
        this.name = name;
        try {
            switch (attachment) {
                case TAP -> {
                    EventLog events = new EventLog();
                    weir.listen(events);
                    weir.addPort(TestPorts.tap(name, namespace, DEVICE));
                    namespace.ip("link set " + DEVICE + " up");
                    events.await(Kind.PORT_UP, name);
                    weir.unlisten(events);
                }
                case PACKET -> {
                    host.veth(name, namespace, DEVICE);
                    weir.addPort(TestPorts.packet(name, host, name));
                }
                case XDP -> {
                    host.veth(name, namespace, DEVICE);
                    weir.addPort(TestPorts.xdp(name, host, name));
                }
            }
            socket = new GuestSocket(namespace, DEVICE);
        } catch (RuntimeException | AssertionError e) {
            namespace.close();
            throw e;
        }
    }

    TestNamespace namespace() {
        return namespace;
    }

    GuestSocket socket() {
        return socket;
    }

    String name() {
        return name;
    }

    PortStatus.Counters counters(Switch weir) {
        return SwitchLaws.counters(weir, name);
    }

    @Override
    public void close() {
        socket.close();
        namespace.close();
    }
}
