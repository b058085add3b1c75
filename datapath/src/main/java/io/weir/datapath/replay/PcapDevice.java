package io.weir.datapath.replay;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.port.PortDevice;
import io.weir.datapath.port.PortException;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.Receiver;
import io.weir.datapath.port.Transmitter;

/**
 * A port made of files: frames of one capture come in once, as fast as the switch takes them; frames that leave by the port
 * are written to another.
 *
 * <p>Threading: as {@link PortDevice} says; the file that comes in is read by a thread of its own.
 */
public final class PcapDevice implements PortDevice {
    private static final int DEFAULT_MTU = 9216;
    private static final Duration FEEDER_END = Duration.ofSeconds(2);

    private final int number;
    private final int mtu;
    private final @Nullable Path out;
    private final FrameRing ring = new FrameRing();
    private final @Nullable Feeder feeder;
    private @Nullable Thread feederThread;
    private final List<PcapTransmitter> transmitters = new ArrayList<>();

    /**
     * @throws PortException when the file to replay cannot be read
     */
    public PcapDevice(int number, PortSettings settings) {
        this.number = number;
        this.mtu = settings.mtu() == 0 ? DEFAULT_MTU : settings.mtu();
        this.out = settings.pcapOut();
        Path in = settings.pcapIn();
        if (in != null && !Files.isReadable(in)) {
            ring.close();
            throw new PortException(
                    "port \"" + settings.name() + "\": capture file " + in + " cannot be read",
                    "give the path of a pcap or pcapng file");
        }
        this.feeder = in == null ? null : new Feeder(in, ring);
    }

    @Override
    public Link link() {
        return Link.UP;
    }

    @Override
    public String io() {
        return "pcap";
    }

    @Override
    public int interfaceIndex() {
        return 0;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    /** The ring that the file's frames come through; reading starts now. */
    @Override
    public Receiver receiver() {
        if (feeder != null) {
            feederThread =
                    Thread.ofPlatform().daemon().name("weir-feeder-" + number).start(feeder);
        }
        return ring;
    }

    /** All workers but the owner write to a file of their own, beside the one asked for. */
    @Override
    public Transmitter transmitter(CounterTable counters, boolean owner) {
        Path file = out == null || owner ? out : out.resolveSibling(out.getFileName() + "." + transmitters.size());
        PcapTransmitter transmitter = new PcapTransmitter(number, file, counters);
        transmitters.add(transmitter);
        return transmitter;
    }

    @Override
    public void close() {
        transmitters.forEach(PcapTransmitter::close);
        if (feederEnded()) {
            ring.close();
        }
    }

    /**
     * Ends the feeder, which signals the ring's descriptor: closed under it, the signal could reach what has got its number
     * since. A feeder that hangs in the file system keeps the descriptor.
     */
    private boolean feederEnded() {
        Thread thread = feederThread;
        if (feeder == null || thread == null) {
            return true;
        }
        feeder.stop();
        thread.interrupt();
        try {
            return thread.join(FEEDER_END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
