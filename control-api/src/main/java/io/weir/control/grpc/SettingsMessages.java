package io.weir.control.grpc;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.weir.control.v1.Bpdu;
import io.weir.control.v1.Dhcp;
import io.weir.control.v1.MulticastRouter;
import io.weir.control.v1.PortIo;
import io.weir.control.v1.PortType;
import io.weir.control.v1.VlanMode;
import io.weir.control.v1.WireLabel;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.BridgeSettings.StormLimits;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.VlanSettings;
import io.weir.identity.label.LevelRange;

/** Port settings as messages and back; an absent field takes the default of {@code weir.yaml}. */
public final class SettingsMessages {
    private SettingsMessages() {}

    /** The message that says the same. */
    public static io.weir.control.v1.PortSettings message(PortSettings port) {
        io.weir.control.v1.PortSettings.Builder message = io.weir.control.v1.PortSettings.newBuilder()
                .setName(port.name())
                .setType(PortType.valueOf("PORT_TYPE_" + port.type()))
                .setDevice(port.device())
                .setNetns(text(port.netns()))
                .setIo(PortIo.valueOf("PORT_IO_" + port.io()))
                .setMtu(port.mtu())
                .setEnabled(port.enabled())
                .setPcapIn(text(port.pcapIn()))
                .setPcapOut(text(port.pcapOut()));
        return message.setPolicy(message(port.policy()))
                .setVlan(message(port.vlan()))
                .setBridge(message(port.bridge()))
                .build();
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static io.weir.control.v1.VlanSettings message(VlanSettings vlan) {
        io.weir.control.v1.VlanSettings.Builder message = io.weir.control.v1.VlanSettings.newBuilder()
                .setMode(VlanMode.valueOf("VLAN_MODE_" + vlan.mode()))
                .setVlan(vlan.vlan())
                .setTagType(vlan.tagType());
        vlan.trunk().stream().forEach(message::addTrunk);
        return message.build();
    }

    private static io.weir.control.v1.BridgeSettings message(BridgeSettings bridge) {
        return io.weir.control.v1.BridgeSettings.newBuilder()
                .setLearning(bridge.learning())
                .setMacLimit(bridge.macLimit())
                .setSticky(bridge.sticky())
                .setIsolated(bridge.isolated())
                .setHairpin(bridge.hairpin())
                .setFloodUnknown(bridge.floodUnknown())
                .setFloodBroadcast(bridge.floodBroadcast())
                .setFloodMulticast(bridge.floodMulticast())
                .setBpdu(bridge.bpduGuard() ? Bpdu.BPDU_GUARD : bridge.bpduFilter() ? Bpdu.BPDU_FILTER : Bpdu.BPDU_NONE)
                .setMulticastRouter(MulticastRouter.valueOf("MULTICAST_ROUTER_" + bridge.multicastRouter()))
                .setFastLeave(bridge.fastLeave())
                .setSuppressNeighbours(bridge.suppressNeighbours())
                .setSplitHorizon(bridge.splitHorizon())
                .setStormBroadcastPps(bridge.storm().broadcastPps())
                .setStormMulticastPps(bridge.storm().multicastPps())
                .setStormUnknownPps(bridge.storm().unknownUnicastPps())
                .build();
    }

    private static io.weir.control.v1.PolicySettings message(PolicySettings policy) {
        return io.weir.control.v1.PolicySettings.newBuilder()
                .setMode(message(policy.mode()))
                .setRole(io.weir.control.v1.PortRole.valueOf("PORT_ROLE_" + policy.role()))
                .setDhcp(Dhcp.valueOf("DHCP_" + policy.dhcp()))
                .setRouter(policy.router())
                .setWireLabel(WireLabel.valueOf("WIRE_LABEL_" + policy.wireLabel()))
                .setLabel(policy.label())
                .build();
    }

    static io.weir.control.v1.PolicyMode message(PolicyMode mode) {
        return io.weir.control.v1.PolicyMode.valueOf("POLICY_MODE_" + mode);
    }

    /**
     * The settings that a message asks for.
     *
     * @param hostMode what holds when the message does not say the policy's mode
     * @throws IllegalArgumentException when a value is out of range, naming field, value and range
     */
    public static PortSettings settings(io.weir.control.v1.PortSettings message, PolicyMode hostMode) {
        return new PortSettings(
                message.getName(),
                type(message.getType()),
                device(message),
                message.getNetns().isEmpty() ? null : message.getNetns(),
                io(message.getIo()),
                message.getMtu(),
                path(message.getPcapIn()),
                path(message.getPcapOut()),
                !message.hasEnabled() || message.getEnabled(),
                vlan(message.getVlan()),
                bridge(message.getBridge(), message.getType() == PortType.PORT_TYPE_ESP),
                policy(message.getPolicy(), hostMode));
    }

    private static PolicySettings policy(io.weir.control.v1.PolicySettings message, PolicyMode hostMode) {
        return new PolicySettings(
                mode(message.getMode(), hostMode),
                role(message.getRole()),
                dhcp(message.getDhcp()),
                message.getRouter(),
                wireLabel(message.getWireLabel()),
                message.getLabel().isEmpty()
                        ? ""
                        : LevelRange.parse(message.getLabel()).toString());
    }

    private static PolicySettings.WireLabel wireLabel(WireLabel label) {
        return switch (label) {
            case WIRE_LABEL_UNSPECIFIED, WIRE_LABEL_NONE -> PolicySettings.WireLabel.NONE;
            case WIRE_LABEL_VERIFY -> PolicySettings.WireLabel.VERIFY;
            case WIRE_LABEL_REQUIRED -> PolicySettings.WireLabel.REQUIRED;
            case WIRE_LABEL_STRIP -> PolicySettings.WireLabel.STRIP;
            case UNRECOGNIZED -> throw unknown("policy.wire_label");
        };
    }

    /** The mode that a message names, else the other one. */
    public static PolicyMode mode(io.weir.control.v1.PolicyMode mode, PolicyMode unspecified) {
        return switch (mode) {
            case POLICY_MODE_UNSPECIFIED -> unspecified;
            case POLICY_MODE_OFF -> PolicyMode.OFF;
            case POLICY_MODE_AUDIT -> PolicyMode.AUDIT;
            case POLICY_MODE_ENFORCE -> PolicyMode.ENFORCE;
            case UNRECOGNIZED -> throw unknown("policy.mode");
        };
    }

    private static PortRole role(io.weir.control.v1.PortRole role) {
        return switch (role) {
            case PORT_ROLE_UNSPECIFIED, PORT_ROLE_VM -> PortRole.VM;
            case PORT_ROLE_UPLINK -> PortRole.UPLINK;
            case PORT_ROLE_HOST -> PortRole.HOST;
            case UNRECOGNIZED -> throw unknown("policy.role");
        };
    }

    private static PolicySettings.Dhcp dhcp(Dhcp dhcp) {
        return switch (dhcp) {
            case DHCP_UNSPECIFIED, DHCP_NONE -> PolicySettings.Dhcp.NONE;
            case DHCP_CLIENT -> PolicySettings.Dhcp.CLIENT;
            case DHCP_SERVER -> PolicySettings.Dhcp.SERVER;
            case UNRECOGNIZED -> throw unknown("policy.dhcp");
        };
    }

    private static String device(io.weir.control.v1.PortSettings message) {
        if (message.getDevice().isEmpty() && message.getType() == PortType.PORT_TYPE_NETDEV) {
            throw new IllegalArgumentException("device must be said for a netdev port: name the interface");
        }
        if (message.getType() == PortType.PORT_TYPE_ESP) {
            refuseForeign(message);
        }
        boolean own = message.getDevice().isEmpty() && message.getType() == PortType.PORT_TYPE_TAP;
        return own ? message.getName() : message.getDevice();
    }

    private static void refuseForeign(io.weir.control.v1.PortSettings message) {
        if (message.getDevice().isEmpty()) {
            throw new IllegalArgumentException("device must be said for an esp port: name the peer");
        }
        boolean foreign = !message.getPcapIn().isEmpty()
                || !message.getPcapOut().isEmpty()
                || message.getIo() == PortIo.PORT_IO_PACKET
                || message.getIo() == PortIo.PORT_IO_XDP;
        if (foreign || !message.getPolicy().getLabel().isEmpty()) {
            throw new IllegalArgumentException(
                    "io, pcap_in, pcap_out and policy.label mean nothing on an esp port; " + "leave them out");
        }
    }

    private static @Nullable Path path(String text) {
        return text.isEmpty() ? null : Path.of(text);
    }

    private static PortSettings.Type type(PortType type) {
        return switch (type) {
            case PORT_TYPE_TAP -> PortSettings.Type.TAP;
            case PORT_TYPE_NETDEV -> PortSettings.Type.NETDEV;
            case PORT_TYPE_PCAP -> PortSettings.Type.PCAP;
            case PORT_TYPE_ESP -> PortSettings.Type.ESP;
            case PORT_TYPE_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("type must be said: choose PORT_TYPE_TAP, _NETDEV, _PCAP or _ESP");
        };
    }

    private static PortSettings.Io io(PortIo io) {
        return switch (io) {
            case PORT_IO_UNSPECIFIED, PORT_IO_AUTO -> PortSettings.Io.AUTO;
            case PORT_IO_PACKET -> PortSettings.Io.PACKET;
            case PORT_IO_XDP -> PortSettings.Io.XDP;
            case UNRECOGNIZED -> throw unknown("io");
        };
    }

    private static VlanSettings vlan(io.weir.control.v1.VlanSettings message) {
        VlanSettings.Mode mode = switch (message.getMode()) {
            case VLAN_MODE_UNSPECIFIED, VLAN_MODE_ACCESS -> VlanSettings.Mode.ACCESS;
            case VLAN_MODE_TRUNK -> VlanSettings.Mode.TRUNK;
            case VLAN_MODE_TUNNEL -> VlanSettings.Mode.TUNNEL;
            case UNRECOGNIZED -> throw unknown("vlan.mode");
        };
        BitSet trunk = new BitSet();
        for (int vlan : message.getTrunkList()) {
            if (vlan < VlanSettings.MIN_VLAN || vlan > VlanSettings.MAX_VLAN) {
                throw new IllegalArgumentException(
                        "vlan.trunk must be 1 to 4094: was " + Integer.toUnsignedString(vlan));
            }
            trunk.set(vlan);
        }
        int untagged = mode == VlanSettings.Mode.TRUNK ? 0 : VlanSettings.DEFAULT_VLAN;
        int tagType = mode == VlanSettings.Mode.TUNNEL ? VlanSettings.TAG_SERVICE : VlanSettings.TAG_CUSTOMER;
        return new VlanSettings(
                mode,
                message.hasVlan() ? message.getVlan() : untagged,
                trunk,
                message.getTagType() == 0 ? tagType : message.getTagType());
    }

    private static BridgeSettings bridge(io.weir.control.v1.BridgeSettings message, boolean esp) {
        return new BridgeSettings(
                !message.hasLearning() || message.getLearning(),
                message.getMacLimit(),
                message.getSticky(),
                message.getIsolated(),
                message.getHairpin(),
                !message.hasFloodUnknown() || message.getFloodUnknown(),
                !message.hasFloodBroadcast() || message.getFloodBroadcast(),
                !message.hasFloodMulticast() || message.getFloodMulticast(),
                message.getBpdu() == Bpdu.BPDU_FILTER,
                message.getBpdu() == Bpdu.BPDU_GUARD,
                router(message.getMulticastRouter()),
                message.getFastLeave(),
                message.getSuppressNeighbours(),
                message.hasSplitHorizon() ? message.getSplitHorizon() : esp,
                new StormLimits(
                        message.getStormBroadcastPps(), message.getStormMulticastPps(), message.getStormUnknownPps()));
    }

    private static BridgeSettings.MulticastRouter router(MulticastRouter router) {
        return switch (router) {
            case MULTICAST_ROUTER_UNSPECIFIED, MULTICAST_ROUTER_AUTO -> BridgeSettings.MulticastRouter.AUTO;
            case MULTICAST_ROUTER_ALWAYS -> BridgeSettings.MulticastRouter.ALWAYS;
            case MULTICAST_ROUTER_NEVER -> BridgeSettings.MulticastRouter.NEVER;
            case UNRECOGNIZED -> throw unknown("bridge.multicast_router");
        };
    }

    private static IllegalArgumentException unknown(String field) {
        return new IllegalArgumentException(field + " has a value this version does not know; choose a listed one");
    }

    /** A constant's name as tables and documents write it: {@code BPDU_GUARD} as {@code bpdu-guard}. */
    public static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
