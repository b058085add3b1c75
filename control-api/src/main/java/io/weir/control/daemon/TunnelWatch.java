package io.weir.control.daemon;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.weir.control.audit.AuditSink;
import io.weir.control.audit.ChangeEntry;
import io.weir.control.audit.FirewallSource;
import io.weir.control.config.SpiText;
import io.weir.control.grpc.EventLog;
import io.weir.control.policy.PolicyEngine;
import io.weir.datapath.pipeline.PortEvents;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.worker.SwitchEvent;
import io.weir.ipsec.sa.SaStatus;
import io.weir.ipsec.sa.SaStatus.Expiry;
import io.weir.ipsec.tunnel.TunnelStatus;
import io.weir.ipsec.tunnel.Tunnels;
import io.weir.kernel.Errno;

/**
 * Tells, logs and records what happens to tunnels by itself: SAs whose lifetime is over, or nearly, and tunnels that come up and go
 * down.
 *
 * <p>Threading: a thread of its own looks at the SAs once a second; the switch's supervisor tells of ports.
 */
final class TunnelWatch implements AutoCloseable {
    private static final long PERIOD_MS = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(TunnelWatch.class);

    private final Tunnels tunnels;
    private final EventLog events;
    private final AuditQueue audit;
    private final FirewallSource source;
    private final Map<String, Expiry> last = new HashMap<>(); // by peer, direction and SPI; the watch's thread only
    private int lastStateError; // errno; the watch's thread only
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            work -> Thread.ofPlatform().name("weir-sa-watch").daemon().unstarted(work));

    TunnelWatch(Tunnels tunnels, EventLog events, AuditSink sink, FirewallSource source) {
        this.tunnels = tunnels;
        this.events = events;
        this.audit = new AuditQueue(sink);
        this.source = source;
    }

    /** Looks at SAs from now on. */
    void start() {
        Future<?> _ = thread.scheduleWithFixedDelay(this::lookSafely, 0, PERIOD_MS, TimeUnit.MILLISECONDS);
    }

    private void lookSafely() {
        try {
            look();
        } catch (RuntimeException failed) {
            LOG.error("the SAs cannot be looked at", failed);
        }
    }

    /** One look; tells each step of each SA once. */
    void look() {
        audit.retry();
        Map<String, Expiry> now = new HashMap<>();
        List<TunnelStatus> all = tunnels.status();
        state(all.stream().mapToInt(TunnelStatus::stateError).max().orElse(0));
        for (TunnelStatus tunnel : all) {
            String peer = tunnel.settings().name();
            for (SaStatus sa : tunnels.sas(peer)) {
                String name = sa.direction().label() + ' ' + SpiText.of(sa.spi());
                Expiry before = last.getOrDefault(peer + ' ' + name, Expiry.NONE);
                now.put(peer + ' ' + name, sa.expiry());
                if (sa.expiry() != before && sa.expiry() != Expiry.NONE) {
                    expiry(peer, sa, name);
                }
            }
        }
        last.clear();
        last.putAll(now);
    }

    /** Tells that the state of SAs can no longer be kept, or can be again: an SA whose numbers cannot be kept sends no more. */
    void state(int errno) {
        if (errno == lastStateError) {
            return;
        }
        lastStateError = errno;
        if (errno == 0) {
            LOG.info("the state of SAs is kept again");
            events.append(Instant.now(), "sa-state-kept", "the state of SAs is kept again");
        } else {
            String why = Errno.describe(-errno);
            LOG.error("the state of SAs cannot be kept: {}; look at the disk under dataDir before tunnels stop", why);
            events.append(Instant.now(), "sa-state-error", "the state of SAs cannot be kept: " + why);
        }
    }

    private void expiry(String peer, SaStatus sa, String name) {
        boolean over = sa.expiry() == Expiry.HARD;
        String label = sa.context().isEmpty() ? "" : ' ' + sa.context();
        String detail = name + label + " after " + sa.packets() + " packets, " + sa.bytes() + " bytes";
        if (over) {
            LOG.warn("SA {} of {} is over: {}; weir sas add a new pair", name, peer, detail);
        } else {
            LOG.info("SA {} of {} is nearly over: {}; add the pair that follows it", name, peer, detail);
        }
        tell(
                ChangeEntry.Kind.SA,
                over ? "sa-expired" : "sa-expiring",
                peer,
                (over ? "expired: " : "expiring: ") + detail);
    }

    /** Hears of every port; those of tunnels count. */
    void heard(SwitchEvent event, Supplier<List<PortSettings>> ports) {
        boolean up = event.kind() == PortEvents.Kind.PORT_UP;
        if (!up && event.kind() != PortEvents.Kind.PORT_DOWN) {
            return;
        }
        ports.get().stream()
                .filter(port ->
                        port.type() == PortSettings.Type.ESP && port.name().equals(event.port()))
                .findFirst()
                .ifPresent(port -> record(
                        ChangeEntry.Kind.TUNNEL,
                        port.device(),
                        (up ? "up: port " : "down: port ") + port.name() + ' ' + event.detail()));
    }

    private void tell(ChangeEntry.Kind kind, String event, String peer, String detail) {
        events.append(Instant.now(), event, peer + ' ' + detail);
        record(kind, peer, detail);
    }

    private void record(ChangeEntry.Kind kind, String peer, String detail) {
        ChangeEntry entry = new ChangeEntry(
                Instant.now(), kind, PolicyEngine.ITSELF, peer, source.revision(), source.epoch(), detail.strip());
        audit.offer(sink -> sink.change(entry));
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
