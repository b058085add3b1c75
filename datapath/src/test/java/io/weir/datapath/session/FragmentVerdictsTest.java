package io.weir.datapath.session;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static io.weir.datapath.wire.SampleFrames.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FragmentVerdictsTest {
    private static final int UNJUDGED = FragmentVerdicts.UNJUDGED;
    private static final int PORT = 3;

    private final ParsedFrame parsed = new ParsedFrame();
    private final FragmentVerdicts verdicts = new FragmentVerdicts(0x5E55_101DL);

    @AfterEach
    void close() {
        parsed.close();
        verdicts.close();
    }

    private static byte[] with(byte[] frame, int identification) {
        byte[] changed = frame.clone();
        changed[18] = (byte) (identification >>> 8);
        changed[19] = (byte) identification;
        return changed;
    }

    private void remember(byte[] frame, int port, long nowNs, int decision) {
        UnsafeBuffer view = parsed.parse(frame, port, nowNs);
        verdicts.remember(parsed.batch, 0, view, decision);
    }

    private int recall(byte[] frame, int port, long nowNs) {
        UnsafeBuffer view = parsed.parse(frame, port, nowNs);
        return verdicts.recall(parsed.batch, 0, view);
    }

    @Test
    void shouldShareTheFirstFragmentsVerdict() {
        remember(sample("first fragment"), PORT, 0, 42);

        assertEquals(42, recall(sample("later fragment"), PORT, 1));
        assertEquals(42, recall(sample("last fragment"), PORT, 2));
    }

    @Test
    void shouldShareItInVersion6WhateverHeaderFollows() {
        remember(sample("fragment6"), PORT, 0, 7);

        assertEquals(7, recall(sample("later fragment6"), PORT, 0));
        assertEquals(7, recall(ethernet(0x86DD, ipv6(44, fragmentHeader(60, 24, false), counting(5))), PORT, 0));
    }

    @Test
    void shouldKnowNothingWhenTheFirstFragmentHasNotPassed() {
        assertEquals(UNJUDGED, recall(sample("later fragment"), PORT, 0));
        remember(sample("first fragment"), PORT, 0, 42);

        assertEquals(UNJUDGED, recall(sample("later fragment"), PORT + 1, 0), "another port");
        assertEquals(UNJUDGED, recall(with(sample("later fragment"), 9), PORT, 0), "another datagram");
        assertEquals(UNJUDGED, recall(sample("later fragment6"), PORT, 0), "another version");
    }

    @Test
    void shouldForgetWhenTheReceiverWouldHave() {
        remember(sample("first fragment"), PORT, 5, 42);

        assertEquals(42, recall(sample("later fragment"), PORT, 4 + FragmentVerdicts.LIFETIME_NS));
        assertEquals(UNJUDGED, recall(sample("later fragment"), PORT, 5 + FragmentVerdicts.LIFETIME_NS));
    }

    @Test
    void shouldForgetWhenCleared() {
        remember(sample("first fragment"), PORT, 5, 42);
        verdicts.clear();

        assertEquals(UNJUDGED, recall(sample("later fragment"), PORT, 5));
    }

    @Test
    void shouldTakeTheLaterVerdictWhenADatagramBeginsAgain() {
        remember(sample("first fragment"), PORT, 0, 1);
        remember(sample("first fragment"), PORT, 1, 2);

        assertEquals(2, recall(sample("later fragment"), PORT, 1));
    }

    @Test
    void shouldPushOutItsOwnWhenAPortFloods() {
        for (int id = 0; id < 20; id++) {
            remember(with(sample("first fragment"), id), PORT, id, 100 + id);
        }
        for (int id = 0; id < 10 * FragmentVerdicts.CAPACITY; id++) {
            remember(with(sample("first fragment"), id & 0xFFFF), PORT + 1, 1_000 + id, 5);
        }

        int kept = 0;
        for (int id = 0; id < 20; id++) {
            kept += recall(with(sample("later fragment"), id), PORT, 100_000) == 100 + id ? 1 : 0;
        }
        assertTrue(kept == 20, "only " + kept + " of 20 left");
    }
}
