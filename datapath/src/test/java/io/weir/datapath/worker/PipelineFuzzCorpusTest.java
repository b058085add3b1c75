package io.weir.datapath.worker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.capture.PcapFrame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

/** The fuzz target starts from the golden inputs, one file a stage; {@code -Dgolden.update=true} writes them anew. */
@Timeout(30)
class PipelineFuzzCorpusTest {
    private static final Path CORPUS =
            Path.of("src/test/resources/io/weir/datapath/worker/PipelineFuzzTestInputs/keepsItsLaws");
    private static final List<String> STAGES = List.of(
            "parse",
            "fragments",
            "port-guard",
            "vlan-ingress",
            "learn",
            "multicast-snooping",
            "bridge",
            "storm-control",
            "neighbour-suppression",
            "egress");
    private static final int LONGEST = 2_000;

    @Test
    void shouldStartFromTheGoldenInputsOfEachStage() throws IOException {
        for (String stage : STAGES) {
            ByteArrayOutputStream corpus = new ByteArrayOutputStream();
            for (GoldenInput input : GoldenFrames.inputs()) {
                if (input.toString().startsWith(stage + '/')) {
                    append(corpus, input.frames());
                }
            }

            byte[] seed = corpus.toByteArray();

            if (GoldenFolder.update()) {
                Files.createDirectories(CORPUS);
                Files.write(CORPUS.resolve(stage), seed);
            }
            assertArrayEquals(seed, Files.readAllBytes(CORPUS.resolve(stage)), stage);
        }
    }

    private static void append(ByteArrayOutputStream corpus, List<PcapFrame> frames) {
        for (PcapFrame frame : frames) {
            if (frame.bytes().length <= LONGEST) {
                corpus.writeBytes(ByteBuffer.allocate(4)
                        .put((byte) frame.port().charAt(0))
                        .put((byte) 1)
                        .putShort((short) frame.bytes().length)
                        .array());
                corpus.writeBytes(frame.bytes());
            }
        }
    }
}
