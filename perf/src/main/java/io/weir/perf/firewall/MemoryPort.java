package io.weir.perf.firewall;

import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.VlanSettings;

/** Ports without a device, for stages that are measured by themselves. */
public final class MemoryPort {
    private static final int MTU_BYTES = 1_500;

    private MemoryPort() {}

    /** A port that is up, in the default VLAN and with the bridge's defaults. */
    public static PortTable.Entry entry(int number, String name, PolicySettings policy) {
        PortSettings settings = new PortSettings(
                name,
                PortSettings.Type.TAP,
                "tap" + number,
                null,
                PortSettings.Io.AUTO,
                MTU_BYTES,
                null,
                null,
                true,
                VlanSettings.access(VlanSettings.DEFAULT_VLAN),
                BridgeSettings.DEFAULT,
                policy);
        return new PortTable.Entry(number, settings, true, true, MTU_BYTES);
    }
}
