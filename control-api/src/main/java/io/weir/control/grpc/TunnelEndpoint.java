package io.weir.control.grpc;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;

import io.weir.control.access.Caller;
import io.weir.control.audit.ChangeEntry;
import io.weir.control.config.PeerSettings;
import io.weir.control.config.SaLabel;
import io.weir.control.config.SpiText;
import io.weir.control.v1.AddSaRequest;
import io.weir.control.v1.ListSasRequest;
import io.weir.control.v1.ListSasResponse;
import io.weir.control.v1.ListTunnelsRequest;
import io.weir.control.v1.ListTunnelsResponse;
import io.weir.control.v1.RemoveSaRequest;
import io.weir.control.v1.RemoveSaResponse;
import io.weir.control.v1.Sa;
import io.weir.control.v1.TunnelServiceGrpc;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.worker.PortStatus;
import io.weir.datapath.worker.Switch;
import io.weir.ipsec.sa.SaSettings;
import io.weir.ipsec.sa.SaSettings.Direction;
import io.weir.ipsec.sa.SaStatus;
import io.weir.ipsec.sa.Sad.SaId;
import io.weir.ipsec.tunnel.TunnelStatus;
import io.weir.ipsec.tunnel.Tunnels;

/**
 * {@code weir.v1.TunnelService} over the tunnels of this host.
 *
 * <p>Threading: called by gRPC's threads, any number at once; changes of SAs are serialised by this object's lock.
 */
public final class TunnelEndpoint extends TunnelServiceGrpc.TunnelServiceImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(TunnelEndpoint.class);

    private final Map<String, PeerSettings> peers = new LinkedHashMap<>();
    private final Tunnels tunnels;
    private final Switch bridge;
    private final EventLog events;
    private final ChangeLog changes;

    /** @param changes where changes of SAs are recorded */
    public TunnelEndpoint(
            List<PeerSettings> peers, Tunnels tunnels, Switch bridge, EventLog events, ChangeLog changes) {
        peers.forEach(peer -> this.peers.put(peer.name(), peer));
        this.tunnels = tunnels;
        this.bridge = bridge;
        this.events = events;
        this.changes = changes;
    }

    @Override
    public void listTunnels(ListTunnelsRequest request, StreamObserver<ListTunnelsResponse> observer) {
        Answers.unary(observer, () -> {
            List<PortStatus> ports = bridge.ports();
            ListTunnelsResponse.Builder response = ListTunnelsResponse.newBuilder();
            for (TunnelStatus status : tunnels.status()) {
                String name = status.settings().name();
                Optional<PortStatus> port = ports.stream()
                        .filter(any -> any.settings().type() == PortSettings.Type.ESP
                                && any.settings().device().equals(name))
                        .findFirst();
                response.addTunnels(TunnelMessages.message(peer(name), status, port));
            }
            return response.build();
        });
    }

    @Override
    public void listSas(ListSasRequest request, StreamObserver<ListSasResponse> observer) {
        Answers.unary(observer, () -> {
            List<String> names = request.getPeer().isEmpty()
                    ? List.copyOf(peers.keySet())
                    : List.of(peer(request.getPeer()).name());
            ListSasResponse.Builder response = ListSasResponse.newBuilder();
            names.forEach(name -> response.addAllSas(TunnelMessages.messages(name, tunnels.sas(name))));
            return response.build();
        });
    }

    @Override
    public void addSa(AddSaRequest request, StreamObserver<Sa> observer) {
        Answers.unary(observer, () -> {
            SaSettings settings = SaRequests.settings(request, peer(request.getPeer()));
            try {
                return add(request.getPeer(), settings);
            } finally {
                settings.key().destroy();
            }
        });
    }

    private synchronized Sa add(String peer, SaSettings settings) {
        if (!tunnels.has(peer, settings)) {
            requireFree(peer, settings);
            requireOneContext(peer, settings);
            requireAllOrNoneLabelled(peer, settings);
            changes.record(ChangeEntry.Kind.SA, peer, "added: " + text(settings));
            change(peer, List.of(settings), List.of(), "not added: " + text(settings));
            tell("sa-added", peer, text(settings));
        }
        return tunnels.sas(peer).stream()
                .filter(sa -> is(sa, settings.direction(), settings.spi()))
                .map(sa -> TunnelMessages.message(peer, sa))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the SA that was added is gone"));
    }

    /** An inbound SPI names an SA on the whole host, and within a peer one key belongs to one SPI. */
    private void requireFree(String peer, SaSettings settings) {
        for (String name : peers.keySet()) {
            for (SaStatus sa : tunnels.sas(name)) {
                boolean inbound = sa.direction() == Direction.INBOUND && settings.direction() == Direction.INBOUND;
                if (sa.spi() == settings.spi() && (inbound || name.equals(peer))) {
                    throw Status.ALREADY_EXISTS
                            .withDescription(
                                    "SPI is taken by the " + sa.direction().label() + " SA of peer " + name + ": was "
                                            + SpiText.of(sa.spi()) + "; choose another, or remove that one first")
                            .asRuntimeException();
                }
            }
        }
    }

    /** Packets carry a level and no type, so that of two contexts at one level the newer SA would take what is the other's. */
    private void requireOneContext(String peer, SaSettings settings) {
        if (settings.direction() != Direction.OUTBOUND) {
            return;
        }
        for (SaStatus sa : tunnels.sas(peer)) {
            if (sa.direction() == Direction.OUTBOUND
                    && sa.level() == settings.level()
                    && SaLabel.contradict(sa.context(), settings.context())) {
                throw Status.ALREADY_EXISTS
                        .withDescription("the outbound SA " + SpiText.of(sa.spi()) + " of peer " + peer
                                + " has the level as " + sa.context() + ": was " + settings.context()
                                + "; use one context for each level, types play no part in choosing the SA, or remove"
                                + " that SA first")
                        .asRuntimeException();
            }
        }
    }

    /** What an SA without label brings proves no level, and what has one never leaves by it: beside others it is a leftover. */
    private void requireAllOrNoneLabelled(String peer, SaSettings settings) {
        for (SaStatus sa : tunnels.sas(peer)) {
            if (SaLabel.mixed(sa.context(), settings.context())) {
                String was = settings.context().isEmpty() ? "no label" : settings.context();
                String has = sa.context().isEmpty() ? "no label" : "label " + sa.context();
                throw Status.FAILED_PRECONDITION
                        .withDescription(
                                "the " + sa.direction().label() + " SA " + SpiText.of(sa.spi()) + " of peer "
                                        + peer + " has " + has + ": was " + was
                                        + "; all SAs of a peer have a label, or none: add --label, or remove those without it first")
                        .asRuntimeException();
            }
        }
    }

    /** What was recorded before it is done, and then is refused, is followed by a record of that. */
    private void change(String peer, List<SaSettings> added, List<SaId> removed, String refused) {
        try {
            tunnels.change(peer, added, removed);
        } catch (IllegalStateException unkept) {
            changes.record(ChangeEntry.Kind.SA, peer, refused + ": " + unkept.getMessage());
            throw Status.FAILED_PRECONDITION
                    .withDescription(unkept.getMessage())
                    .asRuntimeException();
        } catch (RuntimeException wrong) {
            changes.record(ChangeEntry.Kind.SA, peer, refused + ": " + wrong.getMessage());
            throw wrong;
        }
    }

    @Override
    public void removeSa(RemoveSaRequest request, StreamObserver<RemoveSaResponse> observer) {
        Answers.unary(observer, () -> {
            remove(peer(request.getPeer()).name(), TunnelMessages.direction(request.getDirection()), request.getSpi());
            return RemoveSaResponse.getDefaultInstance();
        });
    }

    private synchronized void remove(String peer, Direction direction, int spi) {
        String name = direction.label() + ' ' + SpiText.of(spi);
        if (tunnels.sas(peer).stream().noneMatch(sa -> is(sa, direction, spi))) {
            throw Status.NOT_FOUND
                    .withDescription("no such SA: was " + name + " of peer " + peer + "; weir sas lists them")
                    .asRuntimeException();
        }
        changes.record(ChangeEntry.Kind.SA, peer, "removed: " + name);
        change(peer, List.of(), List.of(new SaId(direction, spi)), "not removed: " + name);
        tell("sa-removed", peer, name);
    }

    private static boolean is(SaStatus sa, Direction direction, int spi) {
        return sa.direction() == direction && sa.spi() == spi;
    }

    /** {@code out 0x1001 s2 aes-256-gcm-16}. */
    private static String text(SaSettings settings) {
        String label = settings.context().isEmpty() ? "" : settings.context() + ' ';
        return settings.direction().label()
                + ' '
                + SpiText.of(settings.spi())
                + ' '
                + label
                + settings.cipher().label();
    }

    private void tell(String kind, String peer, String what) {
        String detail = peer + ' ' + what + " by " + Caller.current().name();
        events.append(Instant.now(), kind, detail);
        LOG.info("{} {}", kind, detail);
    }

    private PeerSettings peer(String name) {
        PeerSettings peer = peers.get(name);
        if (peer == null) {
            throw Status.NOT_FOUND
                    .withDescription("no such peer: was \"" + name + "\"; weir tunnels lists them")
                    .asRuntimeException();
        }
        return peer;
    }
}
