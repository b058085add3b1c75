package io.weir.control.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import com.google.protobuf.ByteString;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import io.weir.control.v1.ReplayChunk;
import io.weir.control.v1.ReplayResponse;

/** {@code weir replay FILE}: a capture into a port of the running switch, or through the pipeline without one. */
@Command(
        name = "replay",
        description = "Let the frames of a capture file arrive on a port, or tell offline what would become of them.",
        footer = {
            "",
            "Examples:",
            "  weir replay trouble.pcapng --port vm1",
            "  weir replay trouble.pcapng --offline -c weir.yaml --port vm1 --summary"
        })
final class ReplayCommand implements Callable<Integer> {
    private static final int CHUNK_BYTES = 64 << 10;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "pcap or pcapng.")
    private Path file = Path.of("");

    @Option(
            names = "--port",
            paramLabel = "NAME",
            description = "The port frames arrive on; offline, by default the one that the file names.")
    private @Nullable String port;

    @Option(
            names = "--offline",
            description = "Without daemon and without rights: run the frames through the pipeline here.")
    private boolean offline;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Offline: the ports (default: two plain ones, in and out).")
    private @Nullable Path config;

    @Option(names = "--summary", description = "Offline: only the sums.")
    private boolean summary;

    @Mixin
    private DaemonAddress address = new DaemonAddress();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (offline) {
            return new OfflineReplay(file, config, port).run(out, output.json(), summary);
        }
        if (config != null || summary) {
            throw new CommandException(
                    ExitCode.BAD_INPUT, "--config and --summary mean something with --offline only; add it");
        }
        if (port == null) {
            throw new CommandException(
                    ExitCode.BAD_INPUT, "--port is missing; name the port that frames arrive on, or --offline");
        }
        try (ControlChannel daemon = address.connect()) {
            long frames = inject(daemon, port);
            if (output.json()) {
                Json.print(out, Json.fields().put("frames", frames).map());
            } else {
                out.println(TerminalText.escape(frames + " frames arrived on " + port));
                out.flush();
            }
        }
        return ExitCode.DONE;
    }

    private long inject(ControlChannel daemon, String name) throws InterruptedException {
        try (InputStream in = Files.newInputStream(file)) {
            BlockingClientCall<ReplayChunk, ReplayResponse> call =
                    daemon.replays().replay();
            ReplayChunk.Builder chunk = ReplayChunk.newBuilder().setPort(name);
            byte[] bytes = in.readNBytes(CHUNK_BYTES);
            boolean open = true;
            while (open && bytes.length > 0) {
                open = call.write(chunk.setFile(ByteString.copyFrom(bytes)).build());
                chunk.clear();
                bytes = in.readNBytes(CHUNK_BYTES);
            }
            call.halfClose();
            ReplayResponse response = call.read();
            return response == null ? 0 : response.getFrames();
        } catch (StatusException refused) {
            throw daemon.failure(refused.getStatus().asRuntimeException());
        } catch (IOException unreadable) {
            throw new CommandException(
                    ExitCode.BAD_INPUT, "cannot read " + file + ": " + unreadable + "; name a capture file");
        }
    }
}
