package io.weir.datapath;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.pipeline.DropReason;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

@Timeout(10)
class DropReasonsDocTest {
    private static final Path DOCUMENT = Path.of("../docs/drop-reasons.md");
    private static final String INTRODUCTION = """
            # Drop reasons

            A frame that Weir does not pass on is dropped for exactly one of these reasons, and counted under it: at the port it
            arrived on, but for the stages `egress` and `esp-encrypt`, which count at the port the frame would have left by. A
            reason belongs to one stage, so that the counter alone tells how far a frame got. Label and code are the same in
            `weir ports`, `weir stats`, captures and `weir replay`; codes are never renumbered or used again. The stages
            `esp-decrypt` and `esp-encrypt` are the work of tunnels' own devices, before all other stages and behind them.

            Severity `info` happens on a healthy network; `error` deserves a look.

            This page is generated from `DropReason.java`. To write it anew: `mvn -pl datapath -am test
            -Dtest=DropReasonsDocTest -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.update=true`.
            """;

    @Test
    void shouldListEveryReasonAsTheCodeHasIt() throws IOException {
        StringBuilder text = new StringBuilder(INTRODUCTION);

        byStage().forEach((stage, reasons) -> append(text, stage, reasons));

        GeneratedDocument.verify(DOCUMENT, text.toString());
    }

    @Test
    void shouldDescribeEveryReasonInItsOwnWords() {
        long descriptions = Arrays.stream(DropReason.values())
                .map(DropReason::description)
                .distinct()
                .count();

        assertEquals(DropReason.values().length, descriptions);
    }

    @Test
    void shouldNotBreakTheTable() {
        for (DropReason reason : DropReason.values()) {
            assertFalse(reason.description().contains("|"), reason.label());
        }
    }

    private static Map<String, List<DropReason>> byStage() {
        return Arrays.stream(DropReason.values())
                .collect(Collectors.groupingBy(DropReason::stage, LinkedHashMap::new, Collectors.toList()));
    }

    private static void append(StringBuilder text, String stage, List<DropReason> reasons) {
        text.append("\n## ").append(stage).append("\n\n");
        text.append("| label | code | severity | a frame is dropped because |\n|---|---|---|---|\n");
        for (DropReason reason : reasons) {
            text.append("| `")
                    .append(reason.label())
                    .append("` | ")
                    .append(reason.code())
                    .append(" | ")
                    .append(reason.severity().name().toLowerCase(Locale.ROOT))
                    .append(" | ")
                    .append(reason.description())
                    .append(" |\n");
        }
    }
}
