package io.weir.control.grpc;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.weir.control.config.PeerSettings;
import io.weir.control.config.Selectors;
import io.weir.control.v1.PortState;
import io.weir.control.v1.Sa;
import io.weir.control.v1.SaDirection;
import io.weir.control.v1.SaLifetime;
import io.weir.control.v1.SaState;
import io.weir.control.v1.Tunnel;
import io.weir.control.v1.TunnelCounters;
import io.weir.control.v1.TunnelEncapsulation;
import io.weir.control.v1.TunnelPayload;
import io.weir.control.v1.TunnelTransport;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.worker.PortStatus;
import io.weir.identity.document.MacText;
import io.weir.identity.label.LevelNumbers;
import io.weir.ipsec.sa.Lifetime;
import io.weir.ipsec.sa.SaSettings.Direction;
import io.weir.ipsec.sa.SaStatus;
import io.weir.ipsec.transport.Encapsulation;
import io.weir.ipsec.tunnel.TunnelSettings;
import io.weir.ipsec.tunnel.TunnelStatus;
import io.weir.kernel.Errno;

/** Tunnels and SAs as messages; no key is in any. */
final class TunnelMessages {
    private static final String STAGES = "esp-"; // esp-decrypt and esp-encrypt
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private TunnelMessages() {}

    /** @param port the esp port that leads to the peer, empty for none */
    static Tunnel message(PeerSettings peer, TunnelStatus status, Optional<PortStatus> port) {
        TunnelSettings settings = status.settings();
        boolean udp = settings.encapsulation() == Encapsulation.UDP;
        Path keyFile = peer.keyFile();
        Tunnel.Builder message = Tunnel.newBuilder()
                .setPeer(settings.name())
                .setLocal(text(settings.local()))
                .setRemote(text(settings.remote()))
                .setEncapsulation(TunnelEncapsulation.valueOf("TUNNEL_ENCAPSULATION_" + settings.encapsulation()))
                .setUdpPort(udp ? settings.port() : 0)
                .setPayload(TunnelPayload.valueOf("TUNNEL_PAYLOAD_" + settings.payload()))
                .setTransport(TunnelTransport.valueOf("TUNNEL_TRANSPORT_" + settings.transport()))
                .setDontFragment(settings.dontFragment())
                .setLabel(peer.label().toString())
                .setKeyFile(keyFile == null ? "" : keyFile.toString())
                .setIo(status.io())
                .setPathMtu(status.pathMtu())
                .setMtu(status.mtu())
                .setSasIn(status.inboundSas())
                .setSasOut(status.outboundSas())
                .setGatewayMac(status.gatewayMac() == 0 ? "" : MacText.of(status.gatewayMac()))
                .setSaStateError(status.stateError() == 0 ? "" : Errno.describe(-status.stateError()));
        settings.selectors()
                .forEach(selector -> message.addSelectorsBuilder()
                        .setLocal(Selectors.text(selector.localLow(), selector.localHigh()))
                        .setRemote(Selectors.text(selector.remoteLow(), selector.remoteHigh())));
        port.ifPresent(found -> message.setPort(found.settings().name())
                .setState(PortState.valueOf("PORT_STATE_" + found.state()))
                .setStateReason(found.stateReason()));
        return message.setCounters(counters(status.counters(), port)).build();
    }

    private static String text(InetAddress address) {
        return address.getHostAddress();
    }

    private static TunnelCounters counters(TunnelStatus.Counters counters, Optional<PortStatus> port) {
        TunnelCounters.Builder message = TunnelCounters.newBuilder()
                .setSent(counters.sent())
                .setRefused(counters.refused())
                .setReceived(counters.received())
                .setKeepalives(counters.keepalives())
                .setIkeMessages(counters.ikeMessages())
                .setCoalesced(counters.coalesced())
                .setIcmpErrors(counters.icmpErrors())
                .setNeighbourMessages(counters.neighbourMessages())
                .setReceiveErrors(counters.receiveErrors())
                .setUnreachable(counters.unreachable());
        port.ifPresent(found -> StatusMessages.drops(found.counters().drops()).stream()
                .filter(drop -> drop.getStage().startsWith(STAGES))
                .forEach(message::addDrops));
        return message.build();
    }

    static Sa message(String peer, SaStatus sa) {
        boolean inbound = sa.direction() == Direction.INBOUND;
        Map<DropReason, Long> drops = sa.drops();
        Lifetime lifetime = sa.lifetime();
        Sa.Builder message = Sa.newBuilder()
                .setPeer(peer)
                .setDirection(inbound ? SaDirection.SA_DIRECTION_IN : SaDirection.SA_DIRECTION_OUT)
                .setSpi(sa.spi())
                .setLabel(sa.context())
                .setLevel(sa.level() == 0 ? "" : LevelNumbers.process().text(sa.level()))
                .setCipher(sa.cipher().label())
                .setEsn(sa.esn())
                .setReplayWindow(inbound ? sa.replayWindow() : 0)
                .setTfcLength(sa.tfcLength())
                .setLifetime(SaLifetime.newBuilder()
                        .setSeconds(lifetime.seconds())
                        .setBytes(lifetime.bytes())
                        .setPackets(lifetime.packets()))
                .setState(state(sa.expiry()))
                .setCurrent(sa.current())
                .setPackets(sa.packets())
                .setBytes(sa.bytes())
                .setSequence(sa.sequence())
                .addAllDrops(StatusMessages.drops(drops))
                .setAgeNs(sa.ageNs());
        if (sa.idleNs() >= 0) {
            message.setIdleNs(sa.idleNs());
        }
        if (lifetime.seconds() > 0) {
            message.setLeftNs(leftNs(sa));
        }
        return message.build();
    }

    /** Time until an SA that has such a limit is over, in ns. */
    private static long leftNs(SaStatus sa) {
        long lifetimeNs = sa.lifetime().seconds() > Long.MAX_VALUE / NS_PER_SECOND
                ? Long.MAX_VALUE
                : sa.lifetime().seconds() * NS_PER_SECOND;
        return Math.max(0, lifetimeNs - sa.ageNs());
    }

    static SaState state(SaStatus.Expiry expiry) {
        return switch (expiry) {
            case NONE -> SaState.SA_STATE_ACTIVE;
            case SOFT -> SaState.SA_STATE_EXPIRING;
            case HARD -> SaState.SA_STATE_EXPIRED;
        };
    }

    /** The direction that a message says. */
    static Direction direction(SaDirection direction) {
        return switch (direction) {
            case SA_DIRECTION_IN -> Direction.INBOUND;
            case SA_DIRECTION_OUT -> Direction.OUTBOUND;
            case SA_DIRECTION_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("direction must be said: choose SA_DIRECTION_IN or _OUT");
        };
    }

    static List<Sa> messages(String peer, List<SaStatus> sas) {
        return sas.stream().map(sa -> message(peer, sa)).toList();
    }
}
