package io.weir.control.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Iterator;
import java.util.List;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import io.weir.control.v1.CaptureChunk;
import io.weir.control.v1.CaptureDirection;
import io.weir.control.v1.CaptureRequest;
import io.weir.control.v1.CaptureVerdict;
import io.weir.datapath.capture.PcapFrame;
import io.weir.datapath.capture.PcapReader;

/** {@code weir capture}: frames out of the running switch, as lines or as pcapng. */
@Command(
        name = "capture",
        description = "Show or write frames with what became of them; forwarding never waits for it.",
        footer = {
            "",
            "Examples:",
            "  weir capture --port vm1 --verdict drop",
            "  weir capture --filter 'icmp or arp' -w trouble.pcapng --count 1000",
            "  weir capture -w - | wireshark -k -i -"
        })
final class CaptureCommand extends DaemonVerb {
    private static final Path STANDARD_OUTPUT = Path.of("/dev/stdout");

    /** Which way frames go, seen from the switch. */
    enum Way {
        BOTH,
        RX,
        TX
    }

    /** What became of frames. */
    enum Fate {
        FORWARD,
        DROP,
        CONSUME
    }

    @Option(names = "--port", paramLabel = "NAME", description = "Only this port; repeat for several.")
    private List<String> ports = List.of();

    @Option(
            names = "--direction",
            paramLabel = "rx|tx|both",
            defaultValue = "both",
            description = "Seen from the switch (default: both).")
    private Way direction = Way.BOTH;

    @Option(
            names = "--verdict",
            paramLabel = "forward|drop|consume",
            description = "Only frames that this became of; repeat for several.")
    private List<Fate> verdicts = List.of();

    @Option(
            names = "--filter",
            paramLabel = "EXPRESSION",
            defaultValue = "",
            description = "libpcap filter expression, see pcap-filter(7).")
    private String filter = "";

    @Option(
            names = {"-w", "--write"},
            paramLabel = "FILE|-",
            description = "Write pcapng to a file or to standard output.")
    private @Nullable String file;

    @Option(names = "--count", paramLabel = "FRAMES", defaultValue = "0", description = "End after so many frames.")
    private long count;

    @Option(
            names = "--snaplen",
            paramLabel = "BYTES",
            defaultValue = "0",
            description = "Keep so many bytes of each frame (default: all).")
    private int snaplen;

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        requireNumbers();
        Iterator<CaptureChunk> chunks = daemon.captures().capture(request());
        try {
            if (file == null) {
                print(chunks, out);
            } else if (file.equals("-")) {
                print(chunks);
            } else {
                write(chunks, file);
            }
        } catch (IOException broken) {
            throw new CommandException(
                    ExitCode.BAD_INPUT, "capture ended: " + broken.getMessage() + "; is the output still there?");
        }
        return ExitCode.DONE;
    }

    private void requireNumbers() {
        if (count < 0 || snaplen < 0) {
            throw new CommandException(
                    ExitCode.BAD_INPUT, "--count and --snaplen must be 0 or more: were " + count + ", " + snaplen);
        }
    }

    private CaptureRequest request() {
        CaptureRequest.Builder request = CaptureRequest.newBuilder()
                .addAllPorts(ports)
                .setDirection(CaptureDirection.valueOf("CAPTURE_DIRECTION_" + direction))
                .setFilter(filter)
                .setSnapLength(snaplen)
                .setCount(count);
        verdicts.forEach(fate -> request.addVerdicts(CaptureVerdict.valueOf("CAPTURE_VERDICT_" + fate)));
        return request.build();
    }

    private static void print(Iterator<CaptureChunk> chunks, PrintWriter out) throws IOException {
        ZoneId zone = ZoneId.systemDefault();
        try (PcapReader reader = PcapReader.of(new ChunkInput(chunks), "capture")) {
            for (PcapFrame frame = reader.next(); frame != null; frame = reader.next()) {
                out.println(FrameLine.of(frame, zone));
                if (Output.unread(out)) {
                    return;
                }
            }
        }
    }

    /** The file is touched only when the daemon has accepted the capture, which is when it sends the header. */
    private static void write(Iterator<CaptureChunk> chunks, String file) throws IOException {
        boolean _ = chunks.hasNext();
        try (OutputStream target = Files.newOutputStream(Path.of(file))) {
            while (chunks.hasNext()) {
                chunks.next().getPcapng().writeTo(target);
            }
        }
    }

    private static void print(Iterator<CaptureChunk> chunks) throws IOException {
        try (OutputStream target = new FileOutputStream(FileDescriptor.out)) {
            while (chunks.hasNext()) {
                chunks.next().getPcapng().writeTo(target);
            }
        } catch (IOException failed) {
            // Whoever reads a pipe may have read enough; a file that cannot be written is a failure.
            if (Files.isRegularFile(STANDARD_OUTPUT)) {
                throw failed;
            }
        }
    }
}
