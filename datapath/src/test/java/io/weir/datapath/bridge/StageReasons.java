package io.weir.datapath.bridge;

import java.util.EnumSet;
import java.util.Set;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.Stage;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** A stage declares the reasons that carry its name, all of them and no other. */
final class StageReasons {
    private StageReasons() {}

    static void assertComplete(Stage stage) {
        Set<DropReason> named = EnumSet.noneOf(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            if (reason.stage().equals(stage.name())) {
                named.add(reason);
            }
        }
        assertEquals(named, stage.dropReasons(), stage.name());
    }
}
