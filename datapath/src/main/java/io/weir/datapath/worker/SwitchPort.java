package io.weir.datapath.worker;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.port.PortDevice;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.PortTable;

/**
 * A port as the control thread knows it: the operator's settings, and the device behind it while there is one.
 *
 * <p>Threading: guarded by the {@link Switch} it belongs to.
 */
final class SwitchPort {
    private final int number;
    private final int worker;
    private PortSettings settings;
    private @Nullable PortDevice device;
    private PortDevice.Link link = PortDevice.Link.GONE;
    private String downReason = "not opened yet";
    private long retryNs = Long.MIN_VALUE / 2;

    SwitchPort(int number, int worker, PortSettings settings) {
        this.number = number;
        this.worker = worker;
        this.settings = settings;
    }

    int number() {
        return number;
    }

    /** Index of the worker that owns the port. */
    int worker() {
        return worker;
    }

    PortSettings settings() {
        return settings;
    }

    void settings(PortSettings changed) {
        settings = changed;
    }

    @Nullable
    PortDevice device() {
        return device;
    }

    /** The device was opened and its workers hold it. */
    void opened(PortDevice device) {
        this.device = device;
        link(device.link());
    }

    /** Not before this time of the monotonic clock is the device opened again. */
    long retryNs() {
        return retryNs;
    }

    void retryNs(long ns) {
        retryNs = ns;
    }

    /** The device is gone. */
    void lost(String reason) {
        device = null;
        link = PortDevice.Link.GONE;
        downReason = reason;
    }

    /** The device's link is in that state. */
    void link(PortDevice.Link now) {
        link = now;
        downReason = switch (now) {
            case UP -> "";
            case DOWN ->
                what() + " is down: "
                        + (isTunnel()
                                ? "this host has its local address no more"
                                : "ip link set " + settings.device() + " up");
            case NO_CARRIER ->
                what()
                        + (isTunnel()
                                ? " has no outbound SA in force: `weir sas` lists them"
                                : " has no carrier: its other end is down or not attached");
            case GONE -> what() + " is gone: the port comes back with it";
        };
    }

    /** What is behind the port, in words. */
    String what() {
        return (isTunnel() ? "tunnel to peer " : "interface ") + settings.device();
    }

    private boolean isTunnel() {
        return settings.type() == PortSettings.Type.ESP;
    }

    PortDevice.Link link() {
        return link;
    }

    boolean linkUp() {
        return link == PortDevice.Link.UP;
    }

    String downReason() {
        return downReason;
    }

    int mtu() {
        PortDevice current = device;
        return current == null ? settings.mtu() : current.mtu();
    }

    /**
     * Whether frames may pass. A link that is down does not count: frames from it prove that it is up again before the kernel
     * has told so.
     */
    boolean ready() {
        return device != null && settings.enabled();
    }

    PortTable.Entry entry() {
        return new PortTable.Entry(number, settings, ready(), linkUp(), mtu());
    }

    PortStatus.State state(boolean blocked) {
        if (!settings.enabled()) {
            return PortStatus.State.DISABLED;
        }
        if (!ready() || !linkUp()) {
            return PortStatus.State.DOWN;
        }
        return blocked ? PortStatus.State.BLOCKED : PortStatus.State.UP;
    }
}
