package io.weir.datapath.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;
import org.jspecify.annotations.Nullable;

import io.weir.datapath.capture.ActiveCaptures;
import io.weir.datapath.capture.CaptureRequest;
import io.weir.datapath.capture.CaptureSession;
import io.weir.datapath.firewall.DenyHandler;
import io.weir.datapath.firewall.FlowHandler;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.pipeline.PortEvents.Kind;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.port.PortDevice;
import io.weir.datapath.port.PortException;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.TunnelDevices;
import io.weir.kernel.MappedFile;

/**
 * The virtual switch: ports, the workers that serve them, and what an operator can ask of them.
 *
 * <p>Ports come and go while frames flow: a change opens or closes only the port concerned, hands it to the workers as a
 * command, and publishes a new port table by one release store.
 *
 * <p>Threading: any thread may call; calls are serialised by the object's lock, which no worker ever takes. Listeners are
 * called on the supervisor's thread and must not block.
 */
public final class Switch implements AutoCloseable {
    private static final long NS_PER_MS = 1_000_000L;
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final long RETRY_NS = 2 * NS_PER_SECOND;
    // How soon a lost device is sought again, and the deletion of a namespace is noticed.
    private static final int SEEK_MS = 250;
    // All links are read this often although the kernel announces changes: an announcement may be lost.
    private static final int CHECK_ALL_MS = 5_000;

    private final SwitchSettings settings;
    private final NanoClock clock = SystemNanoClock.INSTANCE;
    private final long startNs = clock.nanoTime();
    private final PortOpener opener;
    private final PortNumbers numbers;
    private final Workers workers;
    private final Supervisor supervisor;
    private final LinkWatch links;
    private final List<SwitchPort> ports = new ArrayList<>();
    private final List<Consumer<SwitchEvent>> listeners = new CopyOnWriteArrayList<>();
    private final ActiveCaptures captures;
    private final StatusReader status;
    // Written by the control thread under the lock, taken by each worker once per duty cycle.
    private volatile PortTable published = PortTable.EMPTY;
    // As the port table; null until the first policy is there.
    private volatile @Nullable Policy policy;
    private boolean closed;
    private long checkedAllNs = startNs;

    /** A switch without ports, and without tunnels for them; {@link #start} lets its workers run. */
    public Switch(SwitchSettings settings) {
        this(settings, TunnelDevices.NONE);
    }

    /** A switch without ports; {@link #start} lets its workers run. */
    public Switch(SwitchSettings settings, TunnelDevices tunnels) {
        this.settings = settings;
        this.opener = new PortOpener(tunnels);
        this.numbers = new PortNumbers(stateFile(settings.stateDir()));
        this.supervisor = new Supervisor(this);
        this.links = new LinkWatch(supervisor::watch);
        this.workers = new Workers(settings, clock, () -> published, () -> policy, supervisor.wake());
        this.captures = new ActiveCaptures(workers.all().stream()
                .map(worker -> worker.pipeline().capture())
                .toList());
        this.status = new StatusReader(workers, clock, startNs);
    }

    private static @Nullable MappedFile stateFile(@Nullable Path folder) {
        if (folder == null) {
            return null;
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new PortException(
                    "state folder " + folder + " cannot be made: " + e.getMessage(), "make it, or run as root");
        }
        return MappedFile.open(folder.resolve("ports.state"), PortNumbers.length());
    }

    /** Lets the workers and the supervisor run. */
    public void start() {
        workers.start();
        supervisor.start();
    }

    /**
     * Opens a port and lets frames pass. A netdev port whose interface does not exist is added too, and a tunnel whose local address
     * the host does not have: it stays down, and comes up with it.
     *
     * @throws PortException when the name or the device is taken, or the device refuses; nothing has changed then
     */
    public synchronized PortStatus addPort(PortSettings wanted) {
        requireOpen();
        requireFree(wanted);
        requireServed(wanted);
        SwitchPort port = new SwitchPort(number(wanted.name()), workers.leastLoaded(ports), wanted);
        try {
            open(port);
        } catch (PortException e) {
            if (!e.deviceMissing()) {
                numbers.release(port.number());
                throw e;
            }
            port.lost(e.reason() + "; " + e.remedy());
        }
        ports.add(port);
        bindStaticMacs(port);
        publish();
        supervisor.wake().signal();
        return status.of(port);
    }

    private int number(String name) {
        boolean known = numbers.knows(name);
        int number = numbers.take(name);
        if (!known) {
            // Tables of a former process may speak of another port by that number.
            workers.onEach(worker -> worker.pipeline().forgetPort(number));
        }
        return number;
    }

    private void requireFree(PortSettings wanted) {
        for (SwitchPort port : ports) {
            String name = port.settings().name();
            if (name.equals(wanted.name())) {
                throw new PortException(
                        "port \"" + name + "\" exists", "choose another name, or remove the port first");
            }
            if (wanted.type() != PortSettings.Type.PCAP && port.settings().sameDevice(wanted)) {
                throw new PortException(port.what() + " belongs to port \"" + name + '"', "remove that port first");
            }
        }
    }

    /** What a tunnel keeps of each packet, its sequence numbers and replay windows, has one writer. */
    private void requireServed(PortSettings wanted) {
        int count = workers.all().size();
        if (wanted.type() == PortSettings.Type.ESP && count > 1) {
            throw new PortException(
                    "port \"" + wanted.name() + "\": a tunnel needs a switch with one worker, this one has " + count,
                    "set workers: 1, and start the daemon again");
        }
    }

    private void open(SwitchPort port) {
        // Before the device, so that no change of its link is missed.
        links.add(port.settings());
        port.opened(opener.open(port.number(), port.settings(), device -> workers.attach(port, device)));
    }

    private void bindStaticMacs(SwitchPort port) {
        for (SwitchSettings.StaticMac entry : settings.staticMacs()) {
            if (entry.port().equals(port.settings().name())) {
                workers.onEach(worker ->
                        worker.pipeline().bindMac(entry.mac(), entry.vlan(), port.number(), clock.nanoTime()));
            }
        }
    }

    /**
     * Applies changed settings of a port while frames flow: VLANs, bridge behaviour, enabled.
     *
     * @throws PortException when the port does not exist, or type, device, namespace, io, MTU or files would change
     */
    public synchronized PortStatus changePort(PortSettings changed) {
        requireOpen();
        SwitchPort port = require(changed.name());
        PortSettings old = port.settings();
        if (!old.sameDevice(changed) || old.io() != changed.io() || old.mtu() != changed.mtu()) {
            throw new PortException(
                    "type, device, netns, io and mtu of port \"" + changed.name() + "\" cannot change while it lives",
                    "remove the port and add it again");
        }
        PortDevice device = port.device();
        if (device != null) {
            device.requireServes(changed);
        }
        port.settings(changed);
        publish();
        if (!changed.enabled() || !old.vlan().equals(changed.vlan())) {
            forget(port.number(), 0);
        }
        if (changed.enabled() && !old.enabled()) {
            open(port.number(), port.worker());
        }
        return status.of(port);
    }

    /**
     * Closes a port. Frames of the others are not touched; what was learned behind it is forgotten.
     *
     * @throws PortException when there is no such port
     */
    public synchronized void removePort(String name) {
        requireOpen();
        SwitchPort port = require(name);
        ports.remove(port);
        publish();
        links.retain(ports);
        PortDevice device = port.device();
        workers.detach(port);
        workers.onEach(worker -> worker.pipeline().forgetPort(port.number()));
        // Now that no worker counts for the port any more.
        status.retire(port);
        if (device != null) {
            device.close();
        }
        workers.onEach(worker -> worker.counters().clear(port.number()));
        open(port.number(), port.worker());
        numbers.release(port.number());
    }

    /** Lifts what BPDU guard or loop detection did; by the owner's worker, which alone writes that. */
    private void open(int number, int worker) {
        workers.on(worker, target -> workers.blocks().clear(number));
    }

    /**
     * Judges every packet by this epoch from each worker's next duty cycle on. Live sessions meet it on their next packet, idle
     * ones in a sweep.
     */
    public void policy(Policy epoch) {
        policy = epoch;
    }

    /**
     * Hands over exact counts of what was denied since the last call, one record a key; the record is reused. Call it from one
     * thread at a time.
     *
     * @return how many records there were
     */
    public int drainDenies(DenyHandler handler) {
        int records = 0;
        synchronized (this) {
            requireOpen();
            workers.onEach(worker -> worker.pipeline().denies().handOver());
        }
        for (Worker worker : workers.all()) {
            records += worker.pipeline().denies().drain(handler);
        }
        return records;
    }

    /**
     * Hands over the flow events that wait; the record is reused. Call it from one thread at a time.
     *
     * @return how many there were
     */
    public int drainFlows(FlowHandler handler) {
        int events = 0;
        for (Worker worker : workers.all()) {
            events += worker.pipeline().flows().drain(handler);
        }
        return events;
    }

    /** Flow events that were lost because nobody drained them in time. */
    public long flowsShed() {
        return workers.all().stream()
                .mapToLong(worker -> worker.pipeline().flows().shed())
                .sum();
    }

    /** Live sessions, up to that many. */
    public synchronized List<SessionInfo> sessions(int limit) {
        requireOpen();
        return status.sessions(ports, limit);
    }

    /** How many sessions there are. */
    public synchronized long sessionCount() {
        requireOpen();
        long count = 0;
        for (Worker worker : workers.all()) {
            count += workers.on(worker.index(), target -> target.pipeline().sessionCount());
        }
        return count;
    }

    /**
     * Ends sessions, without telling their ends: the next packet is judged as a flow's first.
     *
     * @param portName only those that began or leave by this port, null for all
     * @throws PortException when there is no such port
     */
    public synchronized void flushSessions(@Nullable String portName) {
        requireOpen();
        int number = portName == null ? -1 : require(portName).number();
        workers.onEach(worker -> worker.pipeline().flushSessions(number));
    }

    /** All ports in the order they were added. */
    public synchronized List<PortStatus> ports() {
        requireOpen();
        return ports.stream().map(status::of).toList();
    }

    /** The MAC table, by VLAN and address. */
    public synchronized List<MacEntry> macTable() {
        requireOpen();
        return status.macTable(ports);
    }

    /**
     * Forgets learned addresses.
     *
     * @param portName only those behind this port, null for all ports
     * @param vlan only those of this VLAN, 0 for all
     * @return how many were forgotten
     * @throws PortException when there is no such port
     */
    public synchronized int flushMacs(@Nullable String portName, int vlan) {
        requireOpen();
        return forget(portName == null ? -1 : require(portName).number(), vlan);
    }

    /** All ports of the configuration are there: what an earlier process learned behind others is forgotten. */
    public synchronized void settle() {
        requireOpen();
        PortSet present = new PortSet();
        ports.forEach(port -> present.add(port.number()));
        workers.onEach(worker -> worker.pipeline().keepPorts(present));
    }

    /** Multicast memberships found by snooping. */
    public synchronized List<GroupEntry> groups() {
        requireOpen();
        return status.groups(ports);
    }

    /** Counters of the whole switch. */
    public synchronized SwitchStatistics statistics() {
        requireOpen();
        return status.ofAll(ports);
    }

    /**
     * Starts to capture. The caller drains the session, and ends it with {@link #stop}.
     *
     * @throws PortException when the request names a port that does not exist, or too many captures are under way
     */
    public synchronized CaptureSession capture(CaptureRequest request) {
        requireOpen();
        Instant now = Instant.now();
        long wallClockNs = now.getEpochSecond() * NS_PER_SECOND + now.getNano();
        try {
            return captures.start(request, wallClockNs - clock.nanoTime());
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new PortException("capture refused: " + e.getMessage(), "`weir ports` lists the ports");
        }
    }

    /** Ends a capture; frames that wait can still be drained. */
    public synchronized void stop(CaptureSession session) {
        captures.stop(session);
    }

    /**
     * Lets the frames of a capture file arrive on a port, as fast as the switch takes them, and waits until they have.
     *
     * @return frames that were fed in
     * @throws PortException when there is no such port, or the file cannot be read to its end
     */
    public long replay(String portName, Path file) {
        int number;
        int worker;
        synchronized (this) {
            requireOpen();
            SwitchPort port = require(portName);
            number = port.number();
            worker = port.worker();
        }
        return new Injection(workers, number, worker).run(file);
    }

    /** Lets the listener hear of every event from now on, until {@link #unlisten}. */
    public void listen(Consumer<SwitchEvent> listener) {
        listeners.add(listener);
    }

    /** The listener hears no more. */
    public void unlisten(Consumer<SwitchEvent> listener) {
        listeners.remove(listener);
    }

    /**
     * The supervisor's round: events out, links followed, lost devices sought.
     *
     * @return time until the next round when nothing happens before, in ms
     */
    synchronized int supervise() {
        if (closed) {
            return CHECK_ALL_MS;
        }
        workers.drainEvents(this::onEvent);
        links.poll();
        boolean all = allAreDue();
        boolean seek = false;
        for (SwitchPort port : ports) {
            if (port.device() == null) {
                if (clock.nanoTime() - port.retryNs() >= 0) {
                    reopen(port);
                }
            } else if (all || links.concerns(port)) {
                followLink(port);
            }
            seek |= port.device() == null || port.settings().netns() != null;
        }
        return seek ? SEEK_MS : CHECK_ALL_MS;
    }

    private boolean allAreDue() {
        long nowNs = clock.nanoTime();
        boolean due = nowNs - checkedAllNs >= CHECK_ALL_MS * NS_PER_MS;
        checkedAllNs = due ? nowNs : checkedAllNs;
        return due;
    }

    private void onEvent(Kind kind, int number, long mac, int other) {
        SwitchPort port = byNumber(number);
        if (port == null) {
            return;
        }
        if (kind == Kind.PORT_DOWN && (port.device() == null || workers.polls(port))) {
            // Of a device that was found gone, and perhaps opened again, before its worker's word got here.
            return;
        }
        if (kind == Kind.PORT_DOWN) {
            lose(port);
            publish();
        }
        tell(kind, port, EventText.detail(kind, mac, byNumber(other)));
    }

    private void lose(SwitchPort port) {
        PortDevice device = port.device();
        letGo(port);
        port.link(PortDevice.Link.GONE);
        port.lost(port.downReason());
        if (device != null) {
            device.close();
        }
    }

    private void reopen(SwitchPort port) {
        try {
            open(port);
            publish();
            String reason = port.linkUp() ? "" : ", but: " + port.downReason();
            tell(port.linkUp() ? Kind.PORT_UP : Kind.PORT_DOWN, port, port.what() + " is there" + reason);
        } catch (PortException e) {
            port.lost(e.reason() + "; " + e.remedy());
            if (!e.deviceMissing()) {
                // What was tried has changed the interface, which is news that would let it be tried again at once.
                port.retryNs(clock.nanoTime() + RETRY_NS);
            }
        }
    }

    /** Events are told when the workers have what they tell of. */
    private void followLink(SwitchPort port) {
        PortDevice device = port.device();
        PortDevice.Link link = device == null ? PortDevice.Link.GONE : device.link();
        if (link == PortDevice.Link.GONE) {
            lose(port);
            publish();
            tell(Kind.PORT_DOWN, port, port.downReason());
            return;
        }
        boolean up = link == PortDevice.Link.UP;
        boolean wasUp = port.linkUp();
        port.link(link);
        if (up == wasUp) {
            return;
        }
        if (!up) {
            forget(port.number(), 0);
        }
        publish();
        tell(up ? Kind.PORT_UP : Kind.PORT_DOWN, port, up ? "link is up" : port.downReason());
    }

    private void letGo(SwitchPort port) {
        workers.detach(port);
        forget(port.number(), 0);
    }

    private int forget(int number, int vlan) {
        int forgotten = 0;
        for (Worker worker : workers.all()) {
            forgotten = Math.max(
                    forgotten,
                    workers.on(worker.index(), target -> target.pipeline().flushMacs(number, vlan)));
        }
        return forgotten;
    }

    private void tell(Kind kind, SwitchPort port, String detail) {
        SwitchEvent event = new SwitchEvent(Instant.now(), kind, port.settings().name(), detail);
        listeners.forEach(listener -> listener.accept(event));
    }

    private void publish() {
        PortTable table = new PortTable(ports.stream().map(SwitchPort::entry).toList());
        published = table;
        captures.portsChanged(table);
    }

    private SwitchPort require(String name) {
        for (SwitchPort port : ports) {
            if (port.settings().name().equals(name)) {
                return port;
            }
        }
        throw new PortException("there is no port \"" + name + '"', "`weir ports` lists the ports");
    }

    private @Nullable SwitchPort byNumber(int number) {
        for (SwitchPort port : ports) {
            if (port.number() == number) {
                return port;
            }
        }
        return null;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the switch is closed");
        }
    }

    /** Closes all ports and stops the workers; nothing of the switch is left in the kernel. */
    @Override
    public void close() {
        supervisor.close();
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            workers.close();
            links.close();
            for (SwitchPort port : ports) {
                PortDevice device = port.device();
                if (device != null) {
                    device.close();
                }
            }
            ports.clear();
            numbers.close();
        }
    }
}
