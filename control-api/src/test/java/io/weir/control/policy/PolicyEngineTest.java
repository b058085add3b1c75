package io.weir.control.policy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.control.clock.DurableClock;
import io.weir.control.clock.TestClock;
import io.weir.control.policy.ApplyRequest.Options;
import io.weir.control.repository.DocumentName;
import io.weir.control.repository.RevisionInfo;
import io.weir.control.repository.RevisionMovedException;
import io.weir.datapath.policy.Action;
import io.weir.identity.component.Document;
import io.weir.identity.component.Kind;
import io.weir.identity.component.RuleMode;
import io.weir.identity.document.ProblemException;
import io.weir.identity.label.Level;
import io.weir.identity.label.LevelNumbers;

import static io.weir.control.policy.EngineFixture.base;
import static io.weir.control.policy.EngineFixture.component;
import static io.weir.control.policy.EngineFixture.confirmWithin;
import static io.weir.control.policy.EngineFixture.documents;
import static io.weir.control.policy.EngineFixture.key;
import static io.weir.control.policy.EngineFixture.options;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class PolicyEngineTest {
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
    private static final String OPEN = component("db", 2, "", "web:5432", "ops:22");

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private final TestClock clock = new TestClock();

    @SuppressWarnings("NullAway.Init") // set before each test
    private EngineFixture weir;

    @BeforeEach
    void start() {
        weir = new EngineFixture(folder, clock);
    }

    @AfterEach
    void stop() {
        weir.close();
    }

    private void restart() {
        stop();
        start();
    }

    private PolicyEngine engine() {
        return weir.engine;
    }

    @Test
    void shouldPublishAnEpochThatAllowsNothingWhenThereIsNoRevision() {
        assertEquals(1, weir.published.size());
        assertEquals(0, engine().head());
        assertFalse(weir.allows("web", "db", 5432));
    }

    @Test
    void shouldPublishWhatWasAppliedAndKeepItOverARestart() {
        ApplyResult result = weir.apply(base());

        assertEquals(1, result.revision());
        assertEquals(3, result.changes().size());
        assertEquals(List.of("APPLIED ada r1 because"), weir.heard);
        assertTrue(weir.allows("web", "db", 5432));
        assertFalse(weir.allows("ops", "db", 5432));
        restart();
        assertEquals(1, engine().head());
        assertTrue(weir.allows("web", "db", 5432));
        Document db = engine().current().documents().get(Kind.COMPONENT, "db");
        assertEquals("policy.yaml", db == null ? "" : db.origin().source());
        assertTrue(db != null && db.origin().line("spec.ingress[0]") > 8);
    }

    @Test
    void shouldNumberEpochsUpwardsOverRestarts() {
        weir.apply(base());
        int before = engine().current().epoch();
        restart();
        assertTrue(engine().current().epoch() > before);
        int after = engine().current().epoch();
        restart();
        assertTrue(engine().current().epoch() > after);
    }

    /** A viewer may validate, and the numbers of levels are never given back. */
    @Test
    void shouldNumberNoLevelOfDocumentsThatAreValidatedOnly() {
        weir.apply(base());
        engine().quarantine("ops", "ada", "the tests run on an epoch without it");
        String labelled = component("web", 1, "  securityLabel: \"u:r:t:s11:c901\"\n");

        ApplyResult tried = engine().validate(documents(labelled));

        assertEquals(1, tried.changes().size());
        assertEquals(0, LevelNumbers.process().find(Level.parse("s11:c901")));
    }

    @Test
    void shouldAppendNothingWhenNothingChanges() {
        weir.apply(base());
        int published = weir.published.size();

        ApplyResult again = weir.apply(base());

        assertEquals(1, again.revision());
        assertEquals(List.of(), again.changes());
        assertEquals(1, engine().head());
        assertEquals(published, weir.published.size());
    }

    @Test
    void shouldRemoveDocumentsWhenTold() {
        weir.apply(base());

        ApplyResult result = engine().apply(new ApplyRequest(
                documents(component("db", 2, "")), List.of(new DocumentName(Kind.COMPONENT, "web")), options()));

        assertEquals(
                List.of(
                        new ApplyResult.Changed(new DocumentName(Kind.COMPONENT, "db"), ApplyResult.What.CHANGED),
                        new ApplyResult.Changed(new DocumentName(Kind.COMPONENT, "web"), ApplyResult.What.REMOVED)),
                result.changes());
        assertEquals(2, engine().documents(2).documents().size());
        assertThrows(
                UnknownException.class,
                () -> engine().apply(new ApplyRequest(
                        List.of(), List.of(new DocumentName(Kind.COMPONENT, "web")), options())));
    }

    @Test
    void shouldChangeNothingWhenTheHeadIsNotTheExpectedOne() {
        weir.apply(base());

        RevisionMovedException moved = assertThrows(
                RevisionMovedException.class, () -> weir.apply(OPEN, new Options(0, "bob", "late", false, 0)));

        assertEquals(1, moved.head());
        assertUntouched();
        assertEquals(2, weir.apply(OPEN, new Options(1, "bob", "now", false, 0)).revision());
    }

    private void assertUntouched() {
        assertEquals(1, engine().head());
        assertEquals(1, engine().current().revision());
        assertFalse(weir.allows("ops", "db", 22));
    }

    @Test
    void shouldChangeNothingWhenADocumentRefersToNothing() {
        weir.apply(base());

        ProblemException refused =
                assertThrows(ProblemException.class, () -> weir.apply(component("db", 2, "", "absent:5432")));

        assertTrue(refused.errors().getFirst().line() > 0, refused.getMessage());
        assertUntouched();
    }

    @Test
    void shouldRefuseTheSameDocumentTwice() {
        ProblemException refused = assertThrows(
                ProblemException.class,
                () -> engine().apply(new ApplyRequest(
                        List.of(documents(OPEN).getFirst(), documents(OPEN).getFirst()), List.of(), options())));

        assertEquals(
                "policy.yaml:1: metadata.id: Component db is here twice: also at policy.yaml:1; keep one of them",
                refused.getMessage());
    }

    @Test
    void shouldChangeNothingWhenAnEmbeddedTestFails() {
        weir.apply(base());
        String test = "  tests: [{from: ops, to: db, l4: tcp/22, expect: deny}]\n";

        PolicyRefusedException refused = assertThrows(
                PolicyRefusedException.class, () -> weir.apply(component("db", 2, test, "web:5432", "ops:22")));

        assertEquals(1, refused.problems().size());
        assertTrue(refused.problems().getFirst().line() > 0);
        assertUntouched();
    }

    @Test
    void shouldTellLiveFlowsWhoseVerdictWouldChangeWhenDry() {
        weir.apply(base());
        weir.live.add(new LiveFlows.Flow("p-web", "p-db", key("web", "db", 5432)));
        weir.live.add(new LiveFlows.Flow("p-ops", "p-db", key("ops", "db", 22)));

        ApplyResult result =
                weir.apply(component("db", 2, "", "ops:22"), new Options(ApplyRequest.ANY_HEAD, "ada", "try", true, 0));

        assertEquals(1, result.revision());
        assertEquals(2, result.flows().looked());
        assertEquals(2, result.flows().changed());
        FlowChanges.Example cut = result.flows().examples().getFirst();
        assertEquals(List.of("web", "db"), List.of(cut.source(), cut.destination()));
        assertEquals(List.of(Action.ALLOW, Action.DROP), List.of(cut.before(), cut.after()));
        assertUntouched();
        assertTrue(weir.allows("web", "db", 5432));
    }

    @Test
    void shouldRollBackByItselfWhenNobodyConfirms() {
        weir.apply(base());
        weir.apply(OPEN, confirmWithin(FIVE_MINUTES.toNanos()));
        assertTrue(weir.allows("ops", "db", 22));

        clock.pass(FIVE_MINUTES.minusNanos(1)).step(Duration.ofDays(3));
        engine().tick();
        assertTrue(weir.allows("ops", "db", 22));
        clock.pass(Duration.ofNanos(1)).step(Duration.ofDays(-9));
        engine().tick();

        assertFalse(weir.allows("ops", "db", 22));
        assertEquals(3, engine().head());
        assertEquals("ROLLED_BACK weir r3 revision 2 was not confirmed in time", weir.heard.getLast());
        assertEquals(
                engine().history(1, 1).getFirst().digest(),
                engine().history(3, 1).getFirst().digest());
        assertEquals(Optional.empty(), engine().confirmBy());
    }

    @Test
    void shouldKeepWhatIsConfirmed() {
        weir.apply(base());
        weir.apply(OPEN, confirmWithin(FIVE_MINUTES.toNanos()));

        assertEquals(2, engine().confirm(2, "bob"));

        clock.pass(Duration.ofDays(1));
        engine().tick();
        assertEquals(2, engine().head());
        assertThrows(PolicyRefusedException.class, () -> engine().confirm(2, "bob"));
    }

    @Test
    void shouldNotTakeTheGuardOfARevisionThatWasNeverAppendedForThatOfAnother() {
        weir.apply(base());
        new Confirmation(2, new DurableClock(clock, weir.repository).after(FIVE_MINUTES.toNanos()))
                .keep(weir.repository);
        restart();
        weir.apply(OPEN);

        clock.pass(Duration.ofDays(1));
        restart();

        assertEquals(2, engine().head());
        assertTrue(weir.allows("ops", "db", 22));
    }

    @Test
    void shouldRollBackByItselfAlsoWhileTestsInTheManifestsFail() {
        String test = "  tests: [{from: web, to: db, l4: tcp/5432, expect: allow}]\n";
        weir.apply(base());
        weir.apply(component("db", 2, test, "web:5432"));
        weir.apply(component("db", 2, test, "web:5432", "ops:22"), confirmWithin(FIVE_MINUTES.toNanos()));
        engine().quarantine("web", "ada", "odd");

        clock.pass(FIVE_MINUTES);
        engine().tick();

        assertEquals(4, engine().head());
        assertFalse(weir.allows("ops", "db", 22));
    }

    @Test
    void shouldCompileWhatIsDueAlsoWhenTheStoreTakesNothing() {
        weir.apply(base());
        String window = component("db", 2, "", "web:5432", "ops:22")
                .replace("{id: from-ops-22,", "{id: from-ops-22, when: {hours: \"13:00-19:00\", zone: UTC},");
        weir.apply(window, confirmWithin(Duration.ofDays(1).toNanos()));
        int published = weir.published.size();
        weir.repository.close();

        clock.pass(Duration.ofHours(1));
        engine().tick();

        assertEquals(published + 1, weir.published.size());
    }

    @Test
    void shouldRefuseASecondApplyWhileOneWaits() {
        weir.apply(base());
        weir.apply(OPEN, confirmWithin(FIVE_MINUTES.toNanos()));

        PolicyRefusedException refused = assertThrows(PolicyRefusedException.class, () -> weir.apply(base()));

        assertTrue(String.valueOf(refused.getMessage())
                .startsWith("revision 2 waits to be confirmed until 2026-11-02T12:05:00Z"));
        engine().rollback(1, options());
        assertEquals(Optional.empty(), engine().confirmBy());
        assertFalse(weir.allows("ops", "db", 22));
        weir.apply(OPEN);
        assertEquals(4, engine().head());
    }

    @Test
    void shouldGoOnWaitingOverARestart() {
        weir.apply(base());
        weir.apply(OPEN, confirmWithin(FIVE_MINUTES.toNanos()));
        clock.pass(Duration.ofMinutes(3));
        restart();
        assertTrue(weir.allows("ops", "db", 22));
        assertTrue(engine().confirmBy().isPresent());

        clock.pass(Duration.ofMinutes(2));
        engine().tick();

        assertFalse(weir.allows("ops", "db", 22));
    }

    @Test
    void shouldNeverPublishAnUnconfirmedRevisionWhenItsTimeIsOverAtStart() {
        weir.apply(base());
        weir.apply(OPEN, confirmWithin(FIVE_MINUTES.toNanos()));
        stop();
        clock.pass(FIVE_MINUTES);
        start();

        assertTrue(weir.published.stream().allMatch(epoch -> !weir.allows("ops", "db", 22)));
        assertEquals(3, engine().head());
        restart();
        assertEquals(3, engine().head());
        assertFalse(weir.allows("ops", "db", 22));
    }

    @Test
    void shouldAppendOldContentWhenRolledBack() {
        weir.apply(base());
        weir.apply(OPEN);

        ApplyResult result = engine().rollback(1, options());

        assertEquals(3, result.revision());
        assertFalse(weir.allows("ops", "db", 22));
        List<RevisionInfo> history = engine().history(Integer.MAX_VALUE, 10);
        assertEquals(
                List.of(3, 2, 1), history.stream().map(RevisionInfo::number).toList());
        assertEquals(history.get(2).digest(), history.get(0).digest());
        assertThrows(UnknownException.class, () -> engine().rollback(9, options()));
    }

    @Test
    void shouldNeitherReviveNorEndGrantsWhenRolledBack() {
        weir.apply(base());
        weir.apply(component("web", 1, "", "ops:80"));
        engine().grant(grant("g-1", 60), "ada");

        engine().rollback(1, options());

        assertTrue(weir.allows("ops", "db", 22));
        engine().revoke("g-1", "ada");
        engine().rollback(2, options());
        assertFalse(weir.allows("ops", "db", 22));
    }

    private static Document grant(String id, int ttlSeconds) {
        return documents("apiVersion: weir/v1\nkind: Grant\nmetadata: {id: " + id + ", reason: INC-1}\nspec:\n"
                        + "  rule: {from: [{component: ops}], toComponent: db, l4: [{protocol: tcp, ports: \"22\"}]}\n"
                        + "  ttlSeconds: " + ttlSeconds + "\n---\n")
                .getFirst();
    }

    @Test
    void shouldGiveAccessForATimeOverARestart() {
        weir.apply(base());
        engine().grant(grant("g-1", 60), "ada");
        assertTrue(weir.allows("ops", "db", 22));
        clock.pass(Duration.ofSeconds(40)).step(Duration.ofDays(-1));
        restart();
        assertTrue(weir.allows("ops", "db", 22));

        clock.pass(Duration.ofSeconds(20));
        engine().tick();

        assertFalse(weir.allows("ops", "db", 22));
        assertEquals(List.of("grant g-1 EXPIRED"), weir.heard);
        assertEquals(1, engine().grants().size());
    }

    @Test
    void shouldKeepNoGrantThatRefersToNothing() {
        assertThrows(ProblemException.class, () -> engine().grant(grant("g-1", 60), "ada"));

        assertEquals(List.of(), engine().grants());
        weir.apply(base());
        assertFalse(weir.allows("ops", "db", 22));
    }

    @Test
    void shouldDropEveryFlowOfAQuarantinedComponentOverARestart() {
        weir.apply(base());

        engine().quarantine("web", "ada", "odd");

        assertFalse(weir.allows("web", "db", 5432));
        restart();
        assertFalse(weir.allows("web", "db", 5432));
        assertEquals(
                List.of("web"),
                engine().quarantined().stream().map(Quarantine::component).toList());
        engine().release("web", "bob");
        assertTrue(weir.allows("web", "db", 5432));
        assertThrows(UnknownException.class, () -> engine().release("web", "bob"));
        assertThrows(UnknownException.class, () -> engine().quarantine("nobody", "ada", "odd"));
    }

    @Test
    void shouldQuarantineWhenTooManyPacketsWereDenied() {
        String limit = "  violations: {quarantineAfter: {count: 500, windowMs: 10000}}\n";
        weir.apply(base());
        weir.apply(component("web", 1, limit));
        int web = engine().current().identityOf("web");

        for (int second = 0; second < 100; second++) {
            engine().denied(web, 40, clock.nowNs());
            engine().denied(engine().current().identityOf("ops"), 1_000_000, clock.nowNs());
            engine().tick();
            clock.pass(Duration.ofSeconds(1));
        }
        assertTrue(weir.allows("web", "db", 5432));
        engine().denied(web, 300, clock.nowNs());
        engine().tick();

        assertFalse(weir.allows("web", "db", 5432));
        assertEquals("quarantine web begun /500 packets denied within 10000 ms", weir.heard.getLast());
        engine().release("web", "bob");
        engine().denied(web, 10, clock.nowNs());
        engine().tick();
        assertTrue(weir.allows("web", "db", 5432));
    }

    @Test
    void shouldPassWhatIsAuditedUntilItsTimeIsOver() {
        weir.apply(base());

        engine().setMode(RuleMode.AUDIT, "component:db", Duration.ofDays(7).toNanos(), options());

        assertEquals(2, engine().head());
        assertTrue(weir.allows("ops", "db", 22));
        clock.pass(Duration.ofDays(6));
        restart();
        engine().tick();
        assertTrue(weir.allows("ops", "db", 22));
        clock.pass(Duration.ofDays(1));
        engine().tick();
        assertFalse(weir.allows("ops", "db", 22));
        assertEquals("MODE weir r3 the audit of component:db ended", weir.heard.getLast());
        engine().tick();
        assertEquals(3, engine().head());
    }

    @Test
    void shouldWriteTheEndOfARulesAuditIntoItsDocument() {
        weir.apply(base());

        engine().setMode(
                        RuleMode.AUDIT,
                        "rule:db/from-web-5432",
                        Duration.ofDays(7).toNanos(),
                        options());

        Document db = engine().current().documents().get(Kind.COMPONENT, "db");
        assertTrue(db != null && db.text().contains("2026-11-09T12:00:00Z"), () -> String.valueOf(db));
        assertThrows(UnknownException.class, () -> engine().setMode(RuleMode.AUDIT, "rule:db/no", 0, options()));
        assertThrows(UnknownException.class, () -> engine().setMode(RuleMode.AUDIT, "component:x", 0, options()));
        assertThrows(
                IllegalArgumentException.class, () -> engine().setMode(RuleMode.AUDIT, "tier:grant", 0, options()));
        assertThrows(IllegalArgumentException.class, () -> engine().setMode(RuleMode.AUDIT, "all", 0, options()));
    }

    @Test
    void shouldCompileAnewWhenTheWallClockSteps() {
        weir.apply(base());
        int published = weir.published.size();
        engine().tick();
        assertEquals(published, weir.published.size());

        clock.step(Duration.ofHours(1));
        engine().tick();

        assertEquals(published + 1, weir.published.size());
        assertEquals(1, engine().current().revision());
    }

    @Test
    void shouldHoldUpNoChangeForTestsThatFailByAQuarantineOrAGrantOnly() {
        String tests = "  tests: [{from: web, to: db, l4: tcp/5432, expect: allow}, "
                + "{from: ops, to: db, l4: tcp/22, expect: deny}]\n";
        weir.apply(base());
        weir.apply(component("db", 2, tests, "web:5432"));
        engine().quarantine("web", "ada", "odd");
        engine().grant(grant("g-1", 60), "ada");

        assertEquals(3, weir.apply(component("ops", 3, "", "web:80")).revision());
        engine().validate(documents(component("ops", 3, "", "web:81")));

        assertFalse(weir.allows("web", "db", 5432));
        assertTrue(weir.allows("ops", "db", 22));
        assertThrows(PolicyRefusedException.class, () -> weir.apply(component("db", 2, tests, "web:5432", "ops:22")));
    }

    @Test
    void shouldTryAgainToPublishWhatIsStored() {
        weir.apply(base());
        engine().grant(grant("g-1", 60), "ada");
        weir.refusing = true;

        assertThrows(IllegalStateException.class, () -> engine().quarantine("web", "ada", "odd"));
        assertThrows(IllegalStateException.class, () -> engine().revoke("g-1", "ada"));
        engine().tick();
        assertTrue(weir.allows("web", "db", 5432));
        assertEquals(
                List.of("quarantine web begun ada/odd", "grant g-1 REVOKED"),
                weir.heard.subList(weir.heard.size() - 2, weir.heard.size()));
        weir.refusing = false;
        engine().tick();

        assertFalse(weir.allows("web", "db", 5432));
        assertFalse(weir.allows("ops", "db", 22));
        int published = weir.published.size();
        engine().tick();
        assertEquals(published, weir.published.size());
    }

    @Test
    void shouldKeepNoEndOfAnAuditThatWasRefused() {
        weir.apply(base());
        Options late = new Options(7, "ada", "late", false, 0);
        long week = Duration.ofDays(7).toNanos();

        assertThrows(RevisionMovedException.class, () -> engine().setMode(RuleMode.AUDIT, "component:db", week, late));
        engine().setMode(RuleMode.AUDIT, "component:db", 0, options());
        clock.pass(Duration.ofDays(8));
        engine().tick();

        assertTrue(weir.allows("ops", "db", 22));
        assertThrows(
                IllegalArgumentException.class, () -> engine().setMode(RuleMode.AUDIT, "component:db", -1, options()));
    }
}
