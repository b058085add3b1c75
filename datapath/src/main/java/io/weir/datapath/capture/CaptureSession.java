package io.weir.datapath.capture;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

import io.weir.datapath.packet.PortSet;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.PortTable;

/**
 * One capture from the control side: a ring to each worker, and what has come out of them. Whoever reads slowly, or not at
 * all, loses frames and learns how many; the workers do not notice.
 *
 * <p>Threading: {@link #drain} belongs to one reader at a time; {@link #portsChanged} to the control thread; counts may be
 * asked for by any thread, and are exact once the session is stopped and drained.
 */
public final class CaptureSession {
    /**
     * What the capture of one port came to.
     *
     * @param matched frames that the request chose
     * @param shed frames of these that were lost because the reader was slow
     */
    public record PortCount(long matched, long shed) {
        /** A port that came back under another number counts as one. */
        PortCount plus(PortCount other) {
            return new PortCount(matched + other.matched, shed + other.shed);
        }
    }

    /** Takes frames out of a session. */
    @FunctionalInterface
    public interface Handler {
        void onFrame(CapturedFrame frame) throws IOException;
    }

    private final CaptureRequest request;
    private final CaptureRing[] rings;
    private final long wallClockOffsetNs;
    private final List<CapturedFrame> drained = new ArrayList<>();
    // Names live longer than ports: frames of a removed port may still be in the rings.
    private volatile Map<Integer, String> names = Map.of();

    /**
     * A session that no worker feeds yet.
     *
     * @param ports the ports there are
     * @param workers number of rings to make
     * @param wallClockOffsetNs to add to a batch's time for ns since 1970
     * @throws IllegalArgumentException when the request names a port that does not exist
     */
    CaptureSession(CaptureRequest request, PortTable ports, int workers, long wallClockOffsetNs) {
        for (String name : request.ports()) {
            if (ports.entry(name) == null) {
                throw new IllegalArgumentException("capture port must be one of "
                        + ports.entries().stream()
                                .map(entry -> entry.settings().name())
                                .toList()
                        + ": was \"" + FrameSummary.escape(name) + '"');
            }
        }
        this.request = request;
        this.wallClockOffsetNs = wallClockOffsetNs;
        this.rings = new CaptureRing[workers];
        for (int i = 0; i < workers; i++) {
            rings[i] = new CaptureRing(request, new PortSet());
        }
        portsChanged(ports);
    }

    /** Ports came, went or were renumbered: the session follows their names. */
    void portsChanged(PortTable table) {
        Map<Integer, String> known = new TreeMap<>(names);
        PortSet chosen = new PortSet();
        for (PortTable.Entry entry : table.entries()) {
            String name = entry.settings().name();
            known.put(entry.number(), name);
            if (request.ports().isEmpty() || request.ports().contains(name)) {
                chosen.add(entry.number());
            }
        }
        names = Map.copyOf(known);
        for (CaptureRing ring : rings) {
            ring.ports(chosen);
        }
    }

    /** What was asked for. */
    public CaptureRequest request() {
        return request;
    }

    /** The ring that the worker of that index feeds. */
    CaptureRing ring(int worker) {
        return rings[worker];
    }

    /**
     * Hands frames that wait, at most {@code limit} of each worker, to the handler in the order of their time, and says how
     * many. Frames of a later call may be older when there are several workers.
     */
    public int drain(Handler handler, int limit) throws IOException {
        drained.clear();
        for (CaptureRing ring : rings) {
            ring.read((memory, offset) -> drained.add(frame(memory, offset)), limit);
        }
        if (rings.length > 1) {
            drained.sort(Comparator.comparingLong(CapturedFrame::timestampNs));
        }
        for (CapturedFrame frame : drained) {
            handler.onFrame(frame);
        }
        return drained.size();
    }

    private CapturedFrame frame(DirectBuffer memory, int offset) {
        int fate = memory.getInt(offset + CaptureRing.FATE_OFFSET);
        byte[] bytes = new byte[memory.getInt(offset + CaptureRing.CAPTURED_LENGTH_OFFSET)];
        memory.getBytes(offset + CaptureRing.HEADER_LENGTH, bytes);
        return new CapturedFrame(
                name(memory.getInt(offset + CaptureRing.PORT_OFFSET)),
                FrameFate.direction(fate),
                memory.getLong(offset + CaptureRing.TIME_OFFSET) + wallClockOffsetNs,
                FrameFate.verdict(fate),
                reason(FrameFate.reasonCode(fate)),
                memory.getInt(offset + CaptureRing.VLAN_OFFSET),
                memory.getInt(offset + CaptureRing.ORIGINAL_LENGTH_OFFSET),
                memory.getInt(offset + CaptureRing.GSO_SIZE_OFFSET),
                memory.getInt(offset + CaptureRing.LABEL_OFFSET),
                bytes,
                memory.getLong(offset + CaptureRing.SHED_OFFSET));
    }

    private String name(int port) {
        return names.getOrDefault(port, "port-" + port);
    }

    private static @Nullable DropReason reason(int code) {
        return code == DropReason.NONE ? null : DropReason.ofCode(code);
    }

    /** Frames that the request chose. */
    public long matched() {
        long sum = 0;
        for (CaptureRing ring : rings) {
            sum += ring.matched();
        }
        return sum;
    }

    /** Frames that found room on their way to the reader. */
    public long written() {
        long sum = 0;
        for (CaptureRing ring : rings) {
            sum += ring.written();
        }
        return sum;
    }

    /** Frames that were lost because the reader was slow. */
    public long shed() {
        long sum = 0;
        for (PortCount count : counts().values()) {
            sum += count.shed();
        }
        return sum;
    }

    /** What the capture of each port came to, in the order of port numbers; ports without a chosen frame are absent. */
    public Map<String, PortCount> counts() {
        Map<String, PortCount> counts = new LinkedHashMap<>();
        for (int port = 0; port < PortSet.MAX_PORTS; port++) {
            long matched = 0;
            long shed = 0;
            for (CaptureRing ring : rings) {
                matched += ring.matched(port);
                shed += ring.shed(port);
            }
            if (matched > 0) {
                counts.merge(name(port), new PortCount(matched, shed), PortCount::plus);
            }
        }
        return counts;
    }
}
