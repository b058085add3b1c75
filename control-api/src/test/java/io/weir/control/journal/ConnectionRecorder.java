package io.weir.control.journal;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ProtocolFamily;
import java.net.Socket;
import java.net.SocketImpl;
import java.net.URI;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

import io.weir.control.audit.ChangeEntry;

/**
 * A process in which every way of Java to open a socket is counted and refused. It runs a journal for a while, or, as
 * {@code control}, tries to connect, and prints how many sockets were asked for.
 */
public final class ConnectionRecorder extends SelectorProvider {
    private static final AtomicInteger ASKED = new AtomicInteger();

    /** Arguments: {@code journal FOLDER}, or {@code control}. */
    @SuppressWarnings("deprecation") // the only way to see every java.net.Socket
    public static void main(String[] args) throws Exception {
        Socket.setSocketImplFactory(ConnectionRecorder::refuse);
        if (args[0].equals("control")) {
            connect();
        } else {
            journal(Path.of(args[1]));
        }
        System.out.println("sockets asked for: " + ASKED.get());
    }

    private static void journal(Path folder) throws InterruptedException {
        JournalSettings settings = new JournalSettings(folder, JournalSettings.MIN_BYTES, Duration.ofDays(1));
        try (FlowJournal journal = FlowJournal.open(settings, record -> {})) {
            journal.change(new ChangeEntry(Instant.now(), ChangeEntry.Kind.REVISION, "root", "", 1, 1, ""));
            if (!journal.awaitWritten(journal.sequence(), 30_000)) {
                throw new IllegalStateException(journal.problem());
            }
            try (JournalReader reader = new JournalReader(folder, Instant.EPOCH)) {
                if (reader.next() == null) {
                    throw new IllegalStateException("nothing was read");
                }
            }
        }
    }

    /** As the library's sender would, and as a modern one would. */
    private static void connect() throws IOException {
        HttpURLConnection old =
                (HttpURLConnection) URI.create("http://127.0.0.1:9/").toURL().openConnection();
        try {
            old.connect();
        } catch (IOException | IllegalStateException expected) {
            // Refused and counted.
        }
        try {
            SocketChannel.open().close();
        } catch (IOException expected) {
            // Refused and counted.
        }
    }

    private static SocketImpl refuse() {
        ASKED.incrementAndGet();
        throw new IllegalStateException("no sockets here");
    }

    private static IOException refused() {
        ASKED.incrementAndGet();
        return new IOException("no sockets here");
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        throw refused();
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
        throw refused();
    }

    @Override
    public Pipe openPipe() throws IOException {
        throw refused();
    }

    @Override
    public AbstractSelector openSelector() throws IOException {
        throw refused();
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        throw refused();
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        throw refused();
    }
}
