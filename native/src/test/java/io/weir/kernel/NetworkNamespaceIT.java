package io.weir.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class NetworkNamespaceIT {
    private TestNamespace inside;

    @BeforeEach
    void create() {
        inside = new TestNamespace();
    }

    @AfterEach
    void delete() {
        if (inside != null) {
            inside.close();
        }
    }

    @Test
    void shouldSeeItsOwnLinksInsideAndLeaveTheCallerOutside() {
        inside.vethPair("left", "right");

        int index = inside.namespace().call(() -> Syscall.interfaceIndex("left"));

        assertTrue(index > 0);
        assertEquals(-Errno.ENODEV, Syscall.interfaceIndex("left"));
    }

    @Test
    void shouldOpenByPathToo() {
        try (var same = NetworkNamespace.open("/run/netns/" + inside.name())) {
            assertEquals(inside.namespace().call(NetworkNamespaceIT::current), same.call(NetworkNamespaceIT::current));
        }
        assertNotEquals(
                inside.namespace().call(NetworkNamespaceIT::current),
                NetworkNamespace.callIn(null, NetworkNamespaceIT::current));
    }

    @Test
    void shouldNotBeReachableWhenItsNameLeadsElsewhere() {
        var doomed = new TestNamespace();
        try (var held = NetworkNamespace.open(doomed.name())) {
            boolean before = held.reachable();
            doomed.close();
            boolean deleted = held.reachable();
            doomed.remake();

            assertTrue(before);
            assertFalse(deleted);
            assertFalse(held.reachable(), "another namespace of the same name");
        } finally {
            doomed.close();
        }
    }

    @Test
    void shouldThrowWhatTheTaskThrew() {
        assertThrows(
                ArithmeticException.class,
                () -> inside.namespace().call(() -> {
                    throw new ArithmeticException("inside");
                }));
        assertThrows(
                IllegalStateException.class,
                () -> inside.namespace().call(() -> {
                    throw new IOException("inside");
                }));
    }

    @Test
    void shouldExplainWhenNamespaceDoesNotExist() {
        var refused = assertThrows(KernelException.class, () -> NetworkNamespace.open("no-such-namespace"));

        assertEquals(-Errno.ENOENT, refused.errno());
        assertTrue(refused.getMessage().contains("/run/netns/no-such-namespace"), refused.getMessage());
    }

    private static String current() throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
    }
}
