package io.weir.identity.evaluate;

import java.util.ArrayList;
import java.util.List;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Verdict;
import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Kind;
import io.weir.identity.component.PolicyTest;
import io.weir.identity.document.Problem;

/** Runs the tests that components carry: each flow between the instances of both ends must come out as expected. */
public final class PolicyTests {
    private PolicyTests() {}

    /** The tests that fail, with their place; empty when the revision may be taken. */
    public static List<Problem> failures(PolicyEpoch epoch, long nowNs) {
        List<Problem> failures = new ArrayList<>();
        for (Document document : epoch.documents().documents(Kind.COMPONENT)) {
            List<PolicyTest> tests = ((Component) document.body()).tests();
            for (int i = 0; i < tests.size(); i++) {
                run(epoch, nowNs, document, "spec.tests[" + i + ']', tests.get(i), failures);
            }
        }
        return failures;
    }

    private static void run(
            PolicyEpoch epoch,
            long nowNs,
            Document document,
            String path,
            PolicyTest test,
            List<Problem> failures) {
        List<FlowKey> flows = ProbeFlows.between(epoch, test.from(), test.to(), test.protocol(), test.port());
        if (flows.isEmpty()) {
            String problem = "no instance of " + test.from() + " could send this to an instance of " + test.to();
            failures.add(problem(document, path, problem, "look at their VLANs, address families and l4"));
        }
        Verdict verdict = new Verdict();
        for (FlowKey flow : flows) {
            epoch.evaluate(flow, nowNs, verdict);
            if (verdict.allowed() != test.allowed()) {
                failures.add(problem(document, path, told(epoch, test, flow, verdict), remedy(test)));
                return;
            }
        }
    }

    private static String told(PolicyEpoch epoch, PolicyTest test, FlowKey flow, Verdict verdict) {
        String ends = epoch.identityName(verdict.sourceIdentity()) + " (" + epoch.portName(flow.ingressPort()) + ") to "
                + epoch.identityName(verdict.destinationIdentity()) + " (" + epoch.portName(flow.egressPort()) + ')';
        String because = verdict.reason() == 0
                ? "allowed"
                : DropReason.ofCode(verdict.reason()).label();
        return "expected " + (test.allowed() ? "allow" : "deny") + " from " + ends + ": was " + because;
    }

    private static String remedy(PolicyTest test) {
        return "change a rule or the test; explain " + test.from() + ' ' + test.to() + " tells which rule decided";
    }

    private static Problem problem(Document document, String path, String problem, String remedy) {
        String source = document.origin().source();
        return new Problem(
                source.isEmpty() ? document.title() : source, document.origin().line(path), path, problem, remedy);
    }
}
