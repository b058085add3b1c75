package io.weir.identity.label;

import java.nio.charset.StandardCharsets;

import com.code_intelligence.jazzer.junit.FuzzTest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Input: a level, a range or a context. What is read prints as text that reads back as the same; what is refused says so in
 * printable letters, and few of them. Replays its corpus; searches when JAZZER_FUZZ is 1.
 */
class LabelTextFuzzTest {
    private static final int MOST_LETTERS = 400;

    @FuzzTest(maxDuration = "60s")
    void readsAnything(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        try {
            LabelCheck.Label label = LabelCheck.of(text, "s0", LabelDomain.NONE).first();
            assertEquals(
                    label,
                    LabelCheck.of(label.toString(), "s0", LabelDomain.NONE).first());
            assertTrue(label.range().high().dominates(label.range().low()));
        } catch (LabelException refused) {
            String told = refused.problem() + refused.remedy();
            assertTrue(told.length() < MOST_LETTERS, told);
            assertTrue(told.codePoints().noneMatch(Character::isISOControl), told);
        }
    }
}
