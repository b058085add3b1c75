package io.weir.ipsec.tunnel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;

import io.weir.crypto.CryptoLibrary;
import io.weir.datapath.port.PortDevice;
import io.weir.datapath.port.PortException;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.TunnelDevices;
import io.weir.ipsec.sa.SaSettings;
import io.weir.ipsec.sa.SaStateFile;
import io.weir.ipsec.sa.SaStatus;
import io.weir.ipsec.sa.Sad;
import io.weir.ipsec.transport.DatagramTransport;
import io.weir.ipsec.transport.TransportSettings;
import io.weir.ipsec.transport.Transports;
import io.weir.kernel.Errno;

/**
 * The tunnels of a host by their peers' names: what the control plane lists and changes, and what a switch opens its esp ports from.
 * SAs may come and go while a port is open or closed; they live as long as their tunnel is known here.
 *
 * <p>A thread of its own does several times a second what SAs need to be done outside of the packet path.
 *
 * <p>Threading: any thread; calls are serialised by the object's lock, which no worker ever takes. A switch may hold its own lock when
 * it calls, and this object never calls a switch.
 */
public final class Tunnels implements TunnelDevices, AutoCloseable {
    private static final long MAINTAIN_MS = 50;
    // Rounds between two times that everything is put on the disk: a second.
    static final int FORCE_ROUNDS = 20;

    private final CryptoLibrary library;
    private final SaStateFile state;
    private final NanoClock clock;
    private final Function<TransportSettings, DatagramTransport> transports;
    private final Map<String, Tunnel> tunnels = new LinkedHashMap<>();
    // Of the keeper's thread.
    private long round;
    private int forced;
    // Guarded by this. The state may be gone then.
    private boolean closed;
    private final ScheduledExecutorService keeper = Executors.newSingleThreadScheduledExecutor(
            work -> Thread.ofPlatform().name("weir-sa-keeper").daemon().unstarted(work));

    /** @param state outlives this object */
    public Tunnels(CryptoLibrary library, SaStateFile state) {
        this(library, state, SystemNanoClock.INSTANCE, Transports::open);
    }

    Tunnels(
            CryptoLibrary library,
            SaStateFile state,
            NanoClock clock,
            Function<TransportSettings, DatagramTransport> transports) {
        this.library = library;
        this.state = state;
        this.clock = clock;
        this.transports = transports;
        Future<?> _ = keeper.scheduleWithFixedDelay(this::keep, MAINTAIN_MS, MAINTAIN_MS, TimeUnit.MILLISECONDS);
    }

    /**
     * Without the lock while the disk is waited for: what was received and used is lost by a power failure for a second at most. Whatever
     * fails is tried again in the next round: a schedule ends with the first round that throws, and SAs with their reserve.
     */
    private void keep() {
        try {
            round++;
            if (round % FORCE_ROUNDS == 0) {
                forced = state.force();
            }
            maintain(forced);
        } catch (RuntimeException | Error _) {
            forced = -Errno.EIO;
        }
    }

    synchronized void maintain(int stateForced) {
        tunnels.values().forEach(tunnel -> tunnel.maintain(stateForced));
    }

    /**
     * Makes a tunnel known, with the SAs of its settings.
     *
     * @throws IllegalArgumentException when there is one of that name, or its settings or SAs cannot be; nothing has changed then
     * @throws IllegalStateException when the state of its SAs cannot be kept, or this is closed; nothing has changed then
     */
    public synchronized void add(TunnelSettings settings) {
        if (closed) {
            throw new IllegalStateException("peer \"" + settings.name() + "\": the daemon is ending");
        }
        if (tunnels.containsKey(settings.name())) {
            throw new IllegalArgumentException(
                    "peer \"" + settings.name() + "\" exists; choose another name, or remove the peer first");
        }
        Sad sad = new Sad(library, state);
        try {
            tunnels.put(settings.name(), new Tunnel(settings, sad, clock));
        } catch (IllegalArgumentException | IllegalStateException e) {
            sad.close();
            throw e;
        }
    }

    /**
     * Adds and removes SAs of a tunnel at once: no packet meets only half of it. Keys are copied.
     *
     * @param added newest last; it is the one that outbound packets of its level take
     * @throws IllegalArgumentException when there is no such peer, or one of them cannot be; nothing has changed then
     * @throws IllegalStateException when their state cannot be kept; nothing has changed then
     */
    public synchronized void change(String peer, List<SaSettings> added, List<Sad.SaId> removed) {
        require(peer).sad().change(added, removed, clock.nanoTime());
    }

    /** Every SA of a tunnel, inbound first, oldest first. @throws IllegalArgumentException when there is no such peer */
    public synchronized List<SaStatus> sas(String peer) {
        return require(peer).sad().status(clock.nanoTime());
    }

    /** Whether a tunnel has this very SA, with this key. @throws IllegalArgumentException when there is no such peer */
    public synchronized boolean has(String peer, SaSettings settings) {
        return require(peer).sad().has(settings);
    }

    /** All tunnels in the order they were added. */
    public synchronized List<TunnelStatus> status() {
        return tunnels.values().stream().map(Tunnel::status).toList();
    }

    private Tunnel require(String peer) {
        Tunnel tunnel = tunnels.get(peer);
        if (tunnel == null) {
            throw new IllegalArgumentException("there is no peer \"" + peer + "\"; peers are " + tunnels.keySet());
        }
        return tunnel;
    }

    @Override
    public synchronized PortDevice open(int number, PortSettings settings) {
        Tunnel tunnel = tunnels.get(settings.device());
        if (tunnel == null) {
            throw new PortException(
                    "port \"" + settings.name() + "\": there is no peer \"" + settings.device() + '"',
                    "name one of " + tunnels.keySet());
        }
        if (tunnel.isOpen()) {
            throw new PortException(
                    "port \"" + settings.name() + "\": peer \"" + settings.device() + "\" is open by another port",
                    "remove that port first");
        }
        return tunnel.open(number, settings, transports, this);
    }

    /** Wipes all keys. No port may have a tunnel open any more. */
    @Override
    public void close() {
        // Waits for a round under way, which uses the state.
        keeper.close();
        synchronized (this) {
            closed = true;
            tunnels.values().forEach(Tunnel::close);
            tunnels.clear();
        }
    }
}
