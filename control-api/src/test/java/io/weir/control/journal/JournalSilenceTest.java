package io.weir.control.journal;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Chronicle Queue can tell its makers that it is used. Here it must not: no journal ever asks for a socket. */
@Timeout(120)
class JournalSilenceTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    /** What {@link ConnectionRecorder} prints in a process of its own, with this one's flags. */
    private static String recorded(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--") || flag.startsWith("-Dchronicle.")) {
                command.add(flag);
            }
        }
        command.add("-Djava.nio.channels.spi.SelectorProvider=" + ConnectionRecorder.class.getName());
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(ConnectionRecorder.class.getName());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    @Test
    void shouldAskForNoSocketWhenAJournalIsWrittenAndRead() throws Exception {
        String output = recorded("journal", folder.toString());

        assertTrue(output.contains("sockets asked for: 0"), output);
    }

    @Test
    void shouldSeeConnectionsWhenThereAreSome() throws Exception {
        String output = recorded("control");

        assertTrue(output.contains("sockets asked for: 2"), output);
    }

    @Test
    void shouldNotEvenContainTheSender() {
        assertThrows(ClassNotFoundException.class, () -> Class.forName("net.openhft.chronicle.analytics.Analytics"));
    }

    @Test
    void shouldSwitchTheSenderOffInTheLauncherAndInTheBuild() throws IOException {
        for (Path file : List.of(Path.of("../weir"), Path.of("../pom.xml"))) {
            String text = Files.readString(file);

            assertTrue(text.contains("-Dchronicle.analytics.disable=true"), file + " lets the sender run");
            assertTrue(text.contains("-Dchronicle.announcer.disable=true"), file + " lets the announcer run");
        }
    }
}
