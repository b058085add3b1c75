package io.weir.identity.evaluate;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.weir.identity.compile.CompileRequest;
import io.weir.identity.compile.PolicyCompiler;
import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Kind;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicySet;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.Violations;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TalkTest {
    private static final Document SENDER =
            Documents.component("a", 1, List.of(), List.of(Documents.to("out", RuleAction.ALLOW, new Peer.ById("b"))));

    private static boolean couldTalk(Document sender, Violations violations) {
        Component plain =
                (Component) Documents.component("b", 2, List.of(), List.of()).body();
        Component receiver = new Component(
                plain.labels(),
                plain.owner(),
                plain.instances(),
                plain.minAssurance(),
                plain.securityLabel(),
                plain.exposes(),
                plain.mode(),
                plain.isolateIngress(),
                plain.isolateEgress(),
                plain.ingress(),
                plain.egress(),
                violations,
                plain.limits(),
                plain.tests());
        PolicySet documents = PolicySet.EMPTY.with(List.of(sender, Documents.of(Kind.COMPONENT, "b", receiver)));
        PolicyEpoch epoch = new PolicyCompiler(1 << 26)
                .compile(new CompileRequest(1, 1, documents, List.of(), Set.of(), 0, Instant.EPOCH));
        return epoch.couldTalk(
                ProbeFlows.between(epoch, "a", "b", Documents.TCP, 80).getFirst(), 0);
    }

    @Test
    void shouldNotTalkWhenTheDefaultDenyDrops() {
        assertFalse(couldTalk(SENDER, Violations.DROP));
    }

    @Test
    void shouldTalkWhenTheDefaultDenyAnswersSoThatPacketsComeToBeAnswered() {
        assertTrue(couldTalk(SENDER, new Violations(RuleAction.REJECT, Optional.empty(), 0, 0)));
        assertTrue(couldTalk(SENDER, new Violations(RuleAction.REDIRECT, Optional.of("vm3"), 0, 0)));
    }

    @Test
    void shouldNotTalkWhenTheOtherSideDropsAlready() {
        Document closed = Documents.component("a", 1, List.of(), List.of());

        assertFalse(couldTalk(closed, new Violations(RuleAction.REJECT, Optional.empty(), 0, 0)));
    }
}
