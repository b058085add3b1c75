package io.weir.perf.compare;

import java.util.List;

import org.junit.jupiter.api.Test;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class SamplesTest {
    @Test
    void shouldTakeTheMiddleValueWhenTheCountIsOdd() {
        Samples samples = new Samples(List.of(9.0, 1.0, 5.0));

        assertEquals(5.0, samples.median());
        assertEquals(1.0, samples.min());
        assertEquals(9.0, samples.max());
    }

    @Test
    void shouldTakeTheMeanOfTheMiddleTwoWhenTheCountIsEven() {
        Samples samples = new Samples(List.of(4.0, 1.0, 2.0, 100.0));

        assertEquals(3.0, samples.median());
    }

    @Test
    void shouldTakeTheNearestRankWhenAskedForAPercentile() {
        Samples samples = new Samples(List.of(5.0, 4.0, 3.0, 2.0, 1.0));

        assertEquals(1.0, samples.percentile(0));
        assertEquals(1.0, samples.percentile(20));
        assertEquals(2.0, samples.percentile(21));
        assertEquals(5.0, samples.percentile(99));
        assertEquals(5.0, samples.percentile(100));
    }

    @Test
    void shouldRefuseWhenThereIsNoValue() {
        assertThrows(IllegalArgumentException.class, () -> new Samples(List.of()));
    }

    @Property(tries = 200)
    void shouldSplitTheValuesInHalvesAtTheMedian(
            @ForAll @Size(min = 1, max = 50) List<@DoubleRange(min = 0, max = 1e9) Double> values) {
        double median = new Samples(values).median();

        long below = values.stream().filter(value -> value < median).count();
        long above = values.stream().filter(value -> value > median).count();
        assertEquals(true, below <= values.size() / 2 && above <= values.size() / 2);
    }
}
