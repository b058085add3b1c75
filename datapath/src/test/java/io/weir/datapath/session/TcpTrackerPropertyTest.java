package io.weir.datapath.session;

import java.util.Random;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.TcpHeader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The tracker between two TCPs that obey RFC 9293, and someone who guesses. jqwik prints the seed of a failing run. */
class TcpTrackerPropertyTest {
    private static final int STEPS = 3_000;
    /** As far from both directions' numbers as no window of the model reaches. */
    private static final int FAR = 1 << 31 - 1;

    private final TcpSegment segment = new TcpSegment();

    @Property(tries = 300)
    void shouldAcceptWhateverTwoCorrectEndsSend(@ForAll long seed) {
        TcpModel model = new TcpModel(seed);
        try (SessionTable table = SessionTable.create(64, seed, SessionTimeouts.DEFAULT, SessionEvents.NONE)) {
            TcpTracker tracker = new TcpTracker(table);
            int session = begin(table, tracker, model, false);
            for (int step = 0; step < STEPS && !model.done(); step++) {
                for (TcpModel.Wire wire : model.step()) {
                    int outcome = tracker.track(session, wire.reply(), fill(wire));
                    assertTrue(outcome == TcpTracker.OK || outcome == TcpTracker.CLOSES, "step " + step + ": " + wire);
                }
            }
        }
    }

    @Property(tries = 100)
    void shouldReachTheEndWhenBothEndsDo(@ForAll long seed) {
        TcpModel model = new TcpModel(seed);
        try (SessionTable table = SessionTable.create(64, seed, SessionTimeouts.DEFAULT, SessionEvents.NONE)) {
            TcpTracker tracker = new TcpTracker(table);
            int session = begin(table, tracker, model, false);
            for (int step = 0; step < 10 * STEPS && !model.done(); step++) {
                model.step().forEach(wire -> tracker.track(session, wire.reply(), fill(wire)));
            }
            assertTrue(model.done(), "the model itself must come to its end");
            assertEquals(SessionState.TIME_WAIT, table.fields().state(session));
        }
    }

    @Property(tries = 100)
    void shouldAcceptWhatFollowsWhenPickedUpInTheMiddle(@ForAll long seed) {
        TcpModel model = new TcpModel(seed);
        try (SessionTable table = SessionTable.create(64, seed, SessionTimeouts.DEFAULT, SessionEvents.NONE)) {
            TcpTracker tracker = new TcpTracker(table);
            int session = begin(table, tracker, model, true);
            for (int step = 0; step < STEPS && !model.done(); step++) {
                for (TcpModel.Wire wire : model.step()) {
                    assertNotEquals(
                            TcpTracker.INVALID, tracker.track(session, wire.reply(), fill(wire)), wire::toString);
                }
            }
        }
    }

    @Property(tries = 200)
    void shouldRefuseWhenSomeoneGuessesFarFromTheWindow(@ForAll long seed) {
        TcpModel model = new TcpModel(seed);
        Random random = new Random(seed + 1);
        try (SessionTable table = SessionTable.create(64, seed, SessionTimeouts.DEFAULT, SessionEvents.NONE)) {
            TcpTracker tracker = new TcpTracker(table);
            int session = begin(table, tracker, model, false);
            for (int step = 0; step < 50 && !model.done(); step++) {
                model.step().forEach(wire -> tracker.track(session, wire.reply(), fill(wire)));
                boolean reply = random.nextBoolean();
                int state = table.fields().state(session);
                if (state >= SessionState.TIME_WAIT) {
                    return;
                }
                int sequence = model.position(reply) + FAR + random.nextInt(1 << 20);
                int right = model.position(!reply);
                int flags = random.nextInt(3) == 0 ? TcpHeader.RST | TcpHeader.ACK : TcpHeader.ACK | TcpHeader.PSH;
                int length = (flags & TcpHeader.RST) != 0 ? 0 : random.nextInt(1_461);
                segment.set(flags, sequence, right, random.nextInt(1 << 16), length, TcpSegment.NO_SCALE);
                assertEquals(TcpTracker.INVALID, tracker.track(session, reply, segment), "wrong sequence " + segment);

                segment.set(TcpHeader.ACK, model.position(reply), right + FAR, 1, 100, TcpSegment.NO_SCALE);
                assertEquals(TcpTracker.INVALID, tracker.track(session, reply, segment), "wrong acknowledgment");
                assertEquals(state, table.fields().state(session));
            }
        }
    }

    private int begin(SessionTable table, TcpTracker tracker, TcpModel model, boolean late) {
        SessionKey key = new SessionKey().ends(false, 0, 2, 0, 1).transport(1, IpProtocol.TCP, 1000, 80);
        int session = table.begin(key, 1, 2, 0);
        boolean begun = false;
        for (TcpModel.Wire wire : model.handshake()) {
            if (begun) {
                assertEquals(TcpTracker.OK, tracker.track(session, wire.reply(), fill(wire)), wire::toString);
            } else if (!late) {
                tracker.begin(session, fill(wire));
                begun = true;
            } else if (TcpTracker.pickable(fill(wire))) {
                tracker.pickUp(session, segment);
                begun = true;
            }
        }
        return session;
    }

    private TcpSegment fill(TcpModel.Wire wire) {
        return segment.set(
                wire.flags(), wire.sequence(), wire.acknowledgment(), wire.window(), wire.length(), wire.scale());
    }
}
