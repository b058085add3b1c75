package io.weir.datapath.pipeline;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

import io.weir.datapath.packet.PacketBatch;

/**
 * The place, in the list of stages, of work that the devices of some ports do themselves: there it is seen which reasons they drop
 * for, and between which stages.
 *
 * <p>A receiver adds what it refuses to the batch and drops it at once, so that the stage "egress" accounts for it like for any
 * packet; a transmitter counts what it refuses at its port. Nothing is left to do here.
 *
 * <p>Threading: immutable.
 */
public final class DeviceStage implements Stage {
    private final String name;
    private final Set<DropReason> dropReasons;

    private DeviceStage(String name) {
        this.name = name;
        this.dropReasons = Arrays.stream(DropReason.values())
                .filter(reason -> reason.stage().equals(name))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** What receivers of tunnels do: datagrams become frames. */
    public static DeviceStage espDecrypt() {
        return new DeviceStage("esp-decrypt");
    }

    /** What transmitters of tunnels do: frames become datagrams. */
    public static DeviceStage espEncrypt() {
        return new DeviceStage("esp-encrypt");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<DropReason> dropReasons() {
        return dropReasons;
    }

    /** Does nothing: see above. */
    @Override
    public void process(PacketBatch batch) {}
}
