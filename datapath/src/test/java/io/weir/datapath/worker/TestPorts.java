package io.weir.datapath.worker;

import java.nio.file.Path;
import java.util.BitSet;

import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.VlanSettings;

/** Port and switch settings as tests need them. */
final class TestPorts {
    private TestPorts() {}

    static PortSettings tap(String name, TestNamespace namespace, String device) {
        return port(name, PortSettings.Type.TAP, device, namespace.name(), PortSettings.Io.AUTO);
    }

    static PortSettings packet(String name, TestNamespace namespace, String device) {
        return port(name, PortSettings.Type.NETDEV, device, namespace.name(), PortSettings.Io.PACKET);
    }

    static PortSettings xdp(String name, TestNamespace namespace, String device) {
        return port(name, PortSettings.Type.NETDEV, device, namespace.name(), PortSettings.Io.XDP);
    }

    static PortSettings port(String name, PortSettings.Type type, String device, String netns, PortSettings.Io io) {
        VlanSettings vlan = VlanSettings.access(VlanSettings.DEFAULT_VLAN);
        return new PortSettings(
                name, type, device, netns, io, 0, null, null, true, vlan, BridgeSettings.DEFAULT, PolicySettings.OFF);
    }

    static PortSettings with(PortSettings port, VlanSettings vlan) {
        return new PortSettings(
                port.name(),
                port.type(),
                port.device(),
                port.netns(),
                port.io(),
                port.mtu(),
                port.pcapIn(),
                port.pcapOut(),
                port.enabled(),
                vlan,
                port.bridge(),
                PolicySettings.OFF);
    }

    static PortSettings with(PortSettings port, int mtu) {
        return new PortSettings(
                port.name(),
                port.type(),
                port.device(),
                port.netns(),
                port.io(),
                mtu,
                port.pcapIn(),
                port.pcapOut(),
                port.enabled(),
                port.vlan(),
                port.bridge(),
                PolicySettings.OFF);
    }

    /** A trunk of one VLAN whose tags have that type. */
    static VlanSettings trunk(int tagType, int vlan) {
        BitSet vlans = new BitSet();
        vlans.set(vlan);
        return new VlanSettings(VlanSettings.Mode.TRUNK, 0, vlans, tagType);
    }

    static SwitchSettings workers(int workers) {
        SwitchSettings base = SwitchSettings.DEFAULT;
        return new SwitchSettings(
                workers,
                base.idle(),
                base.stateDir(),
                base.macTableCapacity(),
                base.ageingNs(),
                base.snooping(),
                base.forwardLinkLocal(),
                base.recoveryNs(),
                base.macMovesPerSecond(),
                base.staticMacs());
    }

    /** The same with tables that outlive the process in a folder. */
    static SwitchSettings kept(SwitchSettings base, Path stateDir) {
        return new SwitchSettings(
                base.workers(),
                base.idle(),
                stateDir,
                base.macTableCapacity(),
                base.ageingNs(),
                base.snooping(),
                base.forwardLinkLocal(),
                base.recoveryNs(),
                base.macMovesPerSecond(),
                base.staticMacs(),
                base.sessions());
    }
}
