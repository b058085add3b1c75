package io.weir.datapath.bridge;

import java.util.ArrayList;
import java.util.List;

/** Writes down, line by line, what tables report to other workers. */
final class UpdateLog implements TableUpdates {
    final List<String> lines = new ArrayList<>();

    @Override
    public void macLearned(int vlan, long mac, int port, int kind) {
        lines.add("learned " + vlan + "/" + Long.toHexString(mac) + " p" + port + " k" + kind);
    }

    @Override
    public void macForgotten(int vlan, long mac, int port) {
        lines.add("forgotten " + vlan + "/" + Long.toHexString(mac) + " p" + port);
    }

    @Override
    public void groupJoined(int vlan, long groupHigh, long groupLow, int port) {
        lines.add("joined " + vlan + " p" + port);
    }

    @Override
    public void groupLeft(int vlan, long groupHigh, long groupLow, int port) {
        lines.add("left " + vlan + " p" + port);
    }

    @Override
    public void querierHeard(int vlan, int family) {
        lines.add("querier " + vlan + " f" + family);
    }

    @Override
    public void routerHeard(int port, int family) {
        lines.add("router p" + port + " f" + family);
    }

    @Override
    public void neighbourSeen(int vlan, long ipHigh, long ipLow, long mac, int kind) {
        lines.add("neighbour " + vlan + " " + Long.toHexString(mac) + " k" + kind);
    }
}
