package io.weir.datapath.capture;

import java.util.ArrayList;
import java.util.List;

import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.VlanSettings;

/** Port tables of named ports, numbered from 1 in the order given. */
final class Switchboard {
    private Switchboard() {}

    static PortTable ports(String... names) {
        List<PortTable.Entry> entries = new ArrayList<>();
        for (String name : names) {
            entries.add(new PortTable.Entry(entries.size() + 1, port(name), true, true, 1500));
        }
        return new PortTable(entries);
    }

    private static PortSettings port(String name) {
        return new PortSettings(
                name,
                PortSettings.Type.TAP,
                name,
                null,
                PortSettings.Io.AUTO,
                0,
                null,
                null,
                true,
                VlanSettings.access(VlanSettings.DEFAULT_VLAN),
                BridgeSettings.DEFAULT,
                PolicySettings.OFF);
    }
}
