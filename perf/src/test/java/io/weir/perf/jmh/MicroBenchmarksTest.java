package io.weir.perf.jmh;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class MicroBenchmarksTest {
    @Test
    void shouldAskForAllocationWhenNothingIsSaid() {
        assertEquals(List.of("-prof", "gc"), MicroBenchmarks.withProfiler(List.of()));
    }

    @Test
    void shouldAskForAllocationBesideAnotherProfiler() {
        assertEquals(
                List.of("MacTable", "-prof", "perfnorm", "-prof", "gc"),
                MicroBenchmarks.withProfiler(List.of("MacTable", "-prof", "perfnorm")));
    }

    @Test
    void shouldNotAskTwiceWhenItIsAlreadyAskedFor() {
        List<String> arguments = List.of("-prof", "gc", "MacTable");

        assertEquals(arguments, MicroBenchmarks.withProfiler(arguments));
    }
}
