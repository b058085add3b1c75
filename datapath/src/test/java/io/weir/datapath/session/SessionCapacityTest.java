package io.weir.datapath.session;

import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.wire.IpProtocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** That the index finds a place for every session of a full table, again and again. */
@Timeout(60)
class SessionCapacityTest {
    private static final long SEED = 0x5E55_101DL;
    private static final int CAPACITY = 1 << 16;

    @Test
    void shouldHoldAsManySessionsAsItSays() {
        Random random = new Random(SEED);
        try (SessionTable table = SessionTable.create(CAPACITY, SEED, SessionTimeouts.DEFAULT, SessionEvents.NONE)) {
            SessionKey key = new SessionKey();
            table.portShare(CAPACITY);
            int refused = 0;
            for (int i = 0; i < CAPACITY; i++) {
                refused += table.begin(number(key, i), 1, 2, 0) == SessionTable.FULL ? 1 : 0;
            }
            for (int i = 0; i < 4 * CAPACITY; i++) {
                int gone = random.nextInt(CAPACITY);
                int session = table.find(number(key, gone), 0);
                table.end(session);
                refused += table.begin(key, 1, 2, 0) == SessionTable.FULL ? 1 : 0;
            }

            assertEquals(0, refused, "seed " + SEED);
            assertEquals(CAPACITY, table.count());
        }
    }

    @Test
    void shouldSpreadKeysThatDifferInFewBits() {
        try (SessionIndex index = new SessionIndex(CAPACITY, SEED)) {
            int[] perBucket = new int[2 * CAPACITY / 16];
            SessionKey key = new SessionKey();
            for (int i = 0; i < CAPACITY; i++) {
                perBucket[index.first(index.hash(number(key, i))) / SessionIndex.BUCKET_LENGTH]++;
            }
            int most = 0;
            for (int count : perBucket) {
                most = Math.max(most, count);
            }

            // Eight a bucket on average; a fair hash puts more than thirty into one of 8,192 once in a thousand million
            // times.
            assertTrue(most <= 30, "one bucket of " + most + ", seed " + SEED);
        }
    }

    private static SessionKey number(SessionKey key, int i) {
        return Keys.fill(key, IpProtocol.UDP, 0x0A00_0000, i, 0x0A00_0001, 53);
    }
}
