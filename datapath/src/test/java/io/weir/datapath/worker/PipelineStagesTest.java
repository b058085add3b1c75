package io.weir.datapath.worker;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.bridge.PortBlocks;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.port.SwitchSettings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(10)
class PipelineStagesTest {
    private final Pipeline pipeline =
            new Pipeline(0, SwitchSettings.DEFAULT, new PortBlocks(), (kind, port, mac, other) -> {}, 0);

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void shouldHaveEachStageDeclareTheReasonsThatBearItsName() {
        for (Stage stage : pipeline.stages()) {
            Set<DropReason> named = Arrays.stream(DropReason.values())
                    .filter(reason -> reason.stage().equals(stage.name()))
                    .collect(Collectors.toSet());

            assertEquals(named, stage.dropReasons(), stage.name());
        }
    }

    @Test
    void shouldHaveEachReasonDeclaredByOneStage() {
        Map<DropReason, String> declared = new EnumMap<>(DropReason.class);

        for (Stage stage : pipeline.stages()) {
            for (DropReason reason : stage.dropReasons()) {
                String before = declared.put(reason, stage.name());
                assertEquals(null, before, () -> reason.label() + " is declared by two stages");
            }
        }

        assertEquals(EnumSet.allOf(DropReason.class), declared.keySet());
    }

    @Test
    void shouldNameStagesInKebabCaseAndOnce() {
        List<String> names = pipeline.stages().stream().map(Stage::name).toList();

        assertEquals(names.size(), Set.copyOf(names).size());
        names.forEach(name -> assertTrue(name.matches("[a-z]+(-[a-z]+)*"), name));
    }
}
