package io.weir.datapath.capture;

import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.weir.datapath.capture.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(10)
class CaptureRequestTest {
    private static final CaptureRequest ALL = CaptureRequest.EVERYTHING;

    @Test
    void shouldRefuseWithValueWhatCannotBeCaptured() {
        assertRefused(IllegalArgumentException.class, () -> ALL.withDirections(Set.of()), "rx, tx or both", "[]");
        assertRefused(IllegalArgumentException.class, () -> ALL.withDirections(Set.of(Direction.UNKNOWN)), "UNKNOWN");
        assertRefused(IllegalArgumentException.class, () -> ALL.withVerdicts(Set.of()), "forwarded, consumed, dropped");
        assertRefused(IllegalArgumentException.class, () -> ALL.withSizes(0, 1 << 20), "1 to 262144", "was 0");
        assertRefused(IllegalArgumentException.class, () -> ALL.withSizes(262_145, 1 << 20), "was 262145");
        assertRefused(IllegalArgumentException.class, () -> ALL.withSizes(96, 5000), "power of two", "was 5000");
        assertRefused(IllegalArgumentException.class, () -> ALL.withSizes(96, 2048), "power of two from 4096");
        assertRefused(
                IllegalArgumentException.class,
                () -> ALL.withSizes(1500, 4096),
                "eight frames of snaplen 1500",
                "enlarge");
    }

    @Test
    void shouldTakeSmallestRingThatHoldsEightFrames() {
        CaptureRequest request = ALL.withSizes(4096 / 8 - CaptureRing.HEADER_LENGTH, 4096);

        assertEquals(4096, request.ringBytes());
        assertRefused(
                IllegalArgumentException.class,
                () -> ALL.withSizes(request.snaplenBytes() + 1, 4096),
                "513 bytes each");
    }
}
