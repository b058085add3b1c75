package io.weir.ipsec.sa;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.crypto.CryptoLibrary;
import io.weir.kernel.Scratch;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A process that sends is killed with SIGKILL at random moments and started again: no sequence number and no IV is ever sent twice.
 * The reserve is small, so that it is renewed hundreds of times in each life.
 */
@Timeout(240)
class SaStateKillTest {
    private static final int LIVES = Boolean.getBoolean("weir.long") ? 200 : 8;
    private static final long BLOCK = 512;

    @TempDir
    private Path folder;

    private final Random random = new Random(0x5E55101D);
    private long lastSequence;
    private long lastIv;

    @Test
    void shouldNeverSendANumberTwiceThoughTheClockStandsStill() throws Exception {
        for (int life = 0; life < LIVES; life++) {
            long before = lastSequence;
            live(1_700_000_000_000_000_000L);
            assertTrue(lastSequence > before, "life " + life + " sent something");
        }
    }

    @Test
    void shouldNeverSendAnIvTwiceThoughTheFileIsLost() throws Exception {
        for (int life = 0; life < LIVES / 2; life++) {
            Files.deleteIfExists(folder.resolve("sas"));
            lastSequence = 0;
            live(System.currentTimeMillis() * 1_000_000);
        }
    }

    /** Starts a sender, reads a random number of its packets, kills it, and reads what it has sent until then. */
    private void live(long epochNs) throws Exception {
        Process sender = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Sender.class.getName(),
                        folder.resolve("sas").toString(),
                        Long.toString(epochNs))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (DataInputStream sent = new DataInputStream(new BufferedInputStream(sender.getInputStream()))) {
            for (int left = 1 + random.nextInt(50_000); left > 0; left--) {
                next(sent);
            }
            // Of the handle: the process's own method would close its pipe, with what was sent until then.
            assertTrue(sender.toHandle().destroyForcibly());
            rest(sent);
        } finally {
            sender.destroyForcibly();
            assertTrue(sender.waitFor(20, TimeUnit.SECONDS));
        }
    }

    private void rest(DataInputStream sent) throws IOException {
        try {
            while (true) {
                next(sent);
            }
        } catch (EOFException end) {
            return;
        }
    }

    private void next(DataInputStream sent) throws IOException {
        long sequence = sent.readLong();
        long iv = sent.readLong();
        assertTrue(sequence > lastSequence, sequence + " after " + lastSequence);
        assertTrue(iv > lastIv, "IV " + iv + " after " + lastIv);
        lastSequence = sequence;
        lastIv = iv;
    }

    /** A worker that numbers and sends without pause, and a control thread that reserves. */
    static final class Sender {
        private Sender() {}

        public static void main(String[] arguments) throws IOException {
            long epochNs = Long.parseLong(arguments[1]);
            SaStateFile state =
                    SaStateFile.open(Path.of(arguments[0]), Path.of(arguments[0] + ".received"), () -> epochNs, BLOCK);
            Sad sad = new Sad(CryptoLibrary.best(), state);
            sad.add(SaFixture.outbound(1000, 2), SaFixture.NOW_NS);
            AtomicBoolean failed = new AtomicBoolean();
            Thread control = Thread.ofPlatform().daemon().start(() -> {
                while (sad.maintain() == 0) {
                    Thread.onSpinWait();
                }
                failed.set(true);
            });
            send(sad, failed);
            control.interrupt();
        }

        private static void send(Sad sad, AtomicBoolean failed) throws IOException {
            try (Scratch iv = new Scratch(8);
                    DataOutputStream out = new DataOutputStream(
                            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1024))) {
                OutboundSa sa = sad.current().outbound(2);
                while (sa != null && !failed.get()) {
                    long sequence = sa.next(100, SaFixture.NOW_NS);
                    if (sequence > 0) {
                        sa.sealer().iv(sa.ivCounter(sequence), iv.address());
                        out.writeLong(sequence);
                        out.writeLong(Long.reverseBytes(io.weir.kernel.Memory.readLong(iv.address())));
                    }
                }
            }
        }
    }
}
