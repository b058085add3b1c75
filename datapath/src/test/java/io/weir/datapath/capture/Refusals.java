package io.weir.datapath.capture;

import java.util.Objects;

import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Asserts that something is refused, and that the message says all that it should. */
final class Refusals {
    private Refusals() {}

    static <T extends Throwable> T assertRefused(Class<T> type, Executable action, String... parts) {
        T refusal = assertThrows(type, action);
        String message = Objects.requireNonNull(refusal.getMessage());
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
        return refusal;
    }
}
