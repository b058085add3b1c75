package io.weir.datapath.worker;

import java.util.List;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import io.weir.datapath.worker.RandomSwitch.Arrival;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * For any ports and any frames, valid or not, of any length: nothing throws, every frame is accounted for, VLANs, isolation and
 * the way back are respected, and the same frames have the same end. {@link RandomSwitch} states the laws.
 */
class SwitchPropertyTest {
    private static final int FRAMES = 150;

    @Property(tries = 150, seed = "4711")
    void shouldKeepItsLawsForAnyPortsAndFrames(@ForAll long seed) {
        RandomSwitch random = new RandomSwitch(seed);
        List<Arrival> arrivals = random.arrivals(FRAMES);

        String first = RandomSwitch.run(random.ports(), arrivals);
        String second = RandomSwitch.run(random.ports(), arrivals);

        assertEquals(first, second, "the same frames must have the same end");
    }
}
