package io.weir.control.grpc;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;

import io.weir.control.v1.ReplayChunk;
import io.weir.control.v1.ReplayResponse;
import io.weir.datapath.worker.Switch;

/**
 * A capture file on its way to a port: kept in a file of the daemon's own until it is whole, because a caller must not make the
 * daemon, which is root, read files that the caller may not.
 *
 * <p>Threading: gRPC calls from one thread at a time.
 */
final class ReplayUpload implements StreamObserver<ReplayChunk> {
    private static final long MAX_FILE_BYTES = 256L << 20;

    private final Switch bridge;
    private final DataDirectory data;
    private final StreamObserver<ReplayResponse> observer;
    private String port = "";
    private @Nullable Path file;
    private @Nullable OutputStream out;
    private long bytes;
    private boolean refused;

    ReplayUpload(Switch bridge, DataDirectory data, StreamObserver<ReplayResponse> observer) {
        this.bridge = bridge;
        this.data = data;
        this.observer = observer;
    }

    @Override
    public void onNext(ReplayChunk chunk) {
        if (refused) {
            return;
        }
        try {
            take(chunk);
        } catch (IOException unwritable) {
            refuse(Status.FAILED_PRECONDITION
                    .withDescription("the daemon cannot keep the file in " + data.spool() + ": " + unwritable
                            + "; make room there, or name another dataDir in weir.yaml")
                    .asRuntimeException());
        } catch (RuntimeException failed) {
            refuse(failed);
        }
    }

    private void take(ReplayChunk chunk) throws IOException {
        OutputStream target = out;
        if (target == null) {
            port = requirePort(chunk.getPort());
            Path made = data.spoolFile();
            file = made;
            target = Files.newOutputStream(made);
            out = target;
        }
        bytes += chunk.getFile().size();
        if (bytes > MAX_FILE_BYTES) {
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription("file must be at most " + (MAX_FILE_BYTES >> 20) + " MiB; cut it into pieces")
                    .asRuntimeException();
        }
        chunk.getFile().writeTo(target);
    }

    private String requirePort(String name) {
        if (bridge.ports().stream().noneMatch(status -> status.settings().name().equals(name))) {
            throw Status.NOT_FOUND
                    .withDescription("no such port: was \"" + name + "\"; weir ports lists them")
                    .asRuntimeException();
        }
        return name;
    }

    @Override
    public void onCompleted() {
        if (refused) {
            return;
        }
        Path whole = file;
        try {
            closeFile();
            if (whole == null) {
                throw new IllegalArgumentException("file must be sent; send at least one message");
            }
            long frames = bridge.replay(port, whole);
            observer.onNext(ReplayResponse.newBuilder().setFrames(frames).build());
            observer.onCompleted();
        } catch (IOException unwritable) {
            observer.onError(Answers.status(new UncheckedIOException("the file was not kept", unwritable)));
        } catch (RuntimeException failed) {
            observer.onError(Answers.status(failed));
        } finally {
            forget();
        }
    }

    @Override
    public void onError(Throwable cancelled) {
        forget();
    }

    private void refuse(RuntimeException failed) {
        refused = true;
        forget();
        observer.onError(Answers.status(failed));
    }

    private void closeFile() throws IOException {
        OutputStream target = out;
        if (target != null) {
            target.close();
        }
    }

    private void forget() {
        try {
            closeFile();
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException stays) {
            // The next start of a daemon deletes it.
        }
    }
}
