package io.weir.control.grant;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.control.clock.DurableClock;
import io.weir.control.clock.TestClock;
import io.weir.control.repository.EmbeddedRepository;
import io.weir.control.repository.StoredDocument;
import io.weir.identity.component.Kind;
import io.weir.identity.component.Origin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** How long a grant lasts, over a real store: restarts, reboots, wall clocks that are stepped either way. */
@Timeout(60)
class GrantStoreTest {
    private static final int TTL_SECONDS = 5_400;
    private static final int ENDED_KEPT = 20;
    private static final Duration TTL = Duration.ofSeconds(TTL_SECONDS);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private final TestClock clock = new TestClock();

    @SuppressWarnings("NullAway.Init") // set before each test
    private EmbeddedRepository repository;

    @SuppressWarnings("NullAway.Init") // set before each test
    private DurableClock durable;

    @SuppressWarnings("NullAway.Init") // set before each test
    private GrantStore store;

    @BeforeEach
    void start() {
        repository = new EmbeddedRepository(folder);
        durable = new DurableClock(clock, repository);
        store = new GrantStore(repository, durable, ENDED_KEPT);
    }

    @AfterEach
    void stop() {
        repository.close();
    }

    private void restart() {
        stop();
        start();
    }

    private void create(String id) {
        StoredDocument document = new StoredDocument(Kind.GRANT, id, "kind: Grant\n", new Origin("g.yaml", Map.of()));
        store.keep(store.propose(document, "INC-4432", TTL_SECONDS, "ada"));
    }

    private List<String> active() {
        return store.active().stream().map(GrantEntry::id).toList();
    }

    /** Whether the grant of 90 minutes ends exactly when that much more time passes. */
    private void assertLeft(Duration left) {
        clock.pass(left.minusNanos(1));
        assertEquals(List.of(), store.expire());
        assertEquals(List.of("g-1"), active());
        clock.pass(Duration.ofNanos(1));
        assertEquals(1, store.expire().size());
        assertEquals(List.of(), active());
    }

    @Test
    void shouldEndByItselfAndLeaveARecord() {
        create("g-1");

        assertLeft(TTL);

        GrantEntry ended = store.list().getFirst();
        assertEquals(GrantEntry.State.EXPIRED, ended.state());
        assertEquals(clock.now(), ended.ended());
        assertEquals(List.of(), store.expire());
        restart();
        assertEquals(List.of(ended), store.list());
    }

    @Test
    void shouldNotCareForTheWallClockWhenItIsStepped() {
        create("g-1");
        clock.pass(Duration.ofMinutes(30)).step(Duration.ofDays(-365));
        assertEquals(List.of(), store.expire());
        clock.step(Duration.ofDays(800));
        assertEquals(List.of(), store.expire());

        assertLeft(Duration.ofMinutes(60));
    }

    @Test
    void shouldGoOnWhenTheDaemonRestarts() {
        create("g-1");
        clock.pass(Duration.ofMinutes(30)).step(Duration.ofHours(7));
        stop();
        clock.pass(Duration.ofMinutes(20)).step(Duration.ofDays(-3));
        start();

        assertEquals("INC-4432", store.active().getFirst().reason());
        assertLeft(Duration.ofMinutes(40));
    }

    @Test
    void shouldBeOverWhenItsTimePassedWhileNoDaemonRan() {
        create("g-1");
        stop();
        clock.pass(TTL).step(Duration.ofDays(-3));
        start();

        assertEquals(1, store.expire().size());
        assertEquals(GrantEntry.State.EXPIRED, store.list().getFirst().state());
    }

    @Test
    void shouldCountTheTimeThatTheMachineWasOffWhenTheWallClockTellsIt() {
        create("g-1");
        clock.pass(Duration.ofMinutes(30));
        durable.heartbeat();
        stop();
        clock.reboot(Duration.ofMinutes(50));
        start();

        assertLeft(Duration.ofMinutes(10));
    }

    @Test
    void shouldLastNoLongerThanAtTheLastHeartbeatWhenTheWallClockWentBackOverAReboot() {
        create("g-1");
        clock.pass(Duration.ofMinutes(30));
        durable.heartbeat();
        stop();
        clock.reboot(Duration.ofDays(-20));
        start();

        assertLeft(Duration.ofMinutes(60));
    }

    @Test
    void shouldNotLengthenWhenTheMachineRebootsAgainAndAgain() {
        create("g-1");
        for (int boot = 0; boot < 3; boot++) {
            clock.pass(Duration.ofMinutes(10));
            durable.heartbeat();
            stop();
            clock.reboot(Duration.ofDays(-20));
            start();
        }

        assertLeft(Duration.ofMinutes(60));
    }

    @Test
    void shouldEndAtOnceWhenRevoked() {
        create("g-1");
        create("g-2");

        GrantEntry revoked = store.revoke("g-1", "bob").orElseThrow();

        assertEquals(GrantEntry.State.REVOKED, revoked.state());
        assertEquals("bob", revoked.endedBy());
        assertEquals(List.of("g-2"), active());
        assertEquals(Optional.empty(), store.revoke("g-1", "bob"));
        assertEquals(Optional.empty(), store.revoke("g-9", "bob"));
        restart();
        assertEquals(List.of("g-2"), active());
    }

    @Test
    void shouldRefuseAnIdThatWasUsedBefore() {
        create("g-1");
        assertTrue(store.revoke("g-1", "bob").isPresent());

        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> create("g-1"));

        assertTrue(String.valueOf(refused.getMessage()).startsWith("grant id was used before: was g-1;"));
    }

    @Test
    void shouldForgetTheOldestWhenTooManyEnded() {
        for (int i = 0; i < ENDED_KEPT + 3; i++) {
            create("g-" + i);
            clock.pass(Duration.ofMillis(1));
            assertTrue(store.revoke("g-" + i, "bob").isPresent());
        }

        assertEquals(List.of(), store.expire());

        assertEquals(ENDED_KEPT, store.list().size());
        restart();
        assertEquals(ENDED_KEPT, store.list().size());
        assertTrue(store.list().stream().noneMatch(entry -> entry.id().equals("g-2")));
    }

    @Test
    void shouldNoticeWhenTheWallClockStepsAgainstTheOther() {
        clock.pass(Duration.ofDays(3));
        assertFalse(durable.stepped());
        clock.step(Duration.ofSeconds(-2));
        assertTrue(durable.stepped());
        assertFalse(durable.stepped());
        clock.step(Duration.ofDays(200_000));
        assertTrue(durable.stepped());
    }
}
