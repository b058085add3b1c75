package io.weir.datapath.worker;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.pipeline.PortEvents.Kind;

/** What an event says to people. */
final class EventText {
    private EventText() {}

    /** One line: address, other port, what follows. */
    static String detail(Kind kind, long mac, @Nullable SwitchPort other) {
        String address = mac(mac);
        String before =
                other == null ? "another port" : "port " + other.settings().name();
        return switch (kind) {
            case PORT_UP -> "frames pass";
            case PORT_DOWN -> "device is gone";
            case BPDU_GUARD -> "spanning-tree frame from " + address + ": the port is shut; find the bridge behind it";
            case LOOP_DETECTED ->
                address + " keeps moving between this port and " + before + ": a loop is likely, the port is shut";
            case PORT_RECOVERED -> "recovery time is over, the port is open again";
            case MAC_LIMIT -> address + " is one more than the port may learn";
            case MAC_VIOLATION -> address + " is bound to " + before;
            case STORM_BEGAN -> "flooded frames exceed the port's limit and are dropped";
            case STORM_ENDED -> "flooded frames are within the limit again";
        };
    }

    /** Six hexadecimal bytes with colons. */
    static String mac(long mac) {
        StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(text.isEmpty() ? "" : ":").append(String.format("%02x", mac >> shift & 0xFF));
        }
        return text.toString();
    }
}
