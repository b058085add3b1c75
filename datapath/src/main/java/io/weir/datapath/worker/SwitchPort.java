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
    private boolean linkUp;
    private String downReason = "not opened yet";

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
        this.linkUp = true;
        this.downReason = "";
    }

    /** The device is gone. */
    void lost(String reason) {
        device = null;
        linkUp = false;
        downReason = reason;
    }

    /** The device's link changed. */
    void link(boolean up) {
        linkUp = up;
        downReason = up ? "" : "interface " + settings.device() + " is down: ip link set " + settings.device() + " up";
    }

    boolean linkUp() {
        return linkUp;
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
        return new PortTable.Entry(number, settings, ready(), mtu());
    }

    PortStatus.State state(boolean blocked) {
        if (!settings.enabled()) {
            return PortStatus.State.DISABLED;
        }
        if (!ready() || !linkUp) {
            return PortStatus.State.DOWN;
        }
        return blocked ? PortStatus.State.BLOCKED : PortStatus.State.UP;
    }
}
