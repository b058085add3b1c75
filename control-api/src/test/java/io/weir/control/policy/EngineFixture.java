package io.weir.control.policy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.weir.control.clock.DurableClock;
import io.weir.control.clock.TestClock;
import io.weir.control.grant.GrantEntry;
import io.weir.control.grant.GrantStore;
import io.weir.control.policy.ApplyRequest.Options;
import io.weir.control.repository.EmbeddedRepository;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;
import io.weir.datapath.policy.Verdict;
import io.weir.identity.compile.PolicyCompiler;
import io.weir.identity.component.Document;
import io.weir.identity.label.LabelSettings;
import io.weir.identity.manifest.ManifestReader;

/**
 * An engine over a real store and compiler, with clocks that the test moves, and an ear at everything it tells. The policy is
 * of three components, {@code web}, {@code db} and {@code ops}, each alone behind the port of its name.
 */
final class EngineFixture implements AutoCloseable {
    static final int TCP = 6;

    final TestClock clock;
    final List<Policy> published = new ArrayList<>();
    final List<LiveFlows.Flow> live = new ArrayList<>();
    final List<String> heard = new ArrayList<>();
    final EmbeddedRepository repository;
    boolean refusing; // whether nothing can be published
    final PolicyEngine engine;

    EngineFixture(Path folder, TestClock clock) {
        this.clock = clock;
        repository = new EmbeddedRepository(folder);
        DurableClock durable = new DurableClock(clock, repository);
        GrantStore grants = new GrantStore(repository, durable);
        engine = new PolicyEngine(new PolicyEngine.Parts(
                repository,
                durable,
                grants,
                new PolicyCompiler(1L << 30),
                this::publish,
                limit -> live,
                new Ear(),
                LabelSettings.NONE));
        engine.start();
    }

    private void publish(Policy epoch) {
        if (refusing) {
            throw new IllegalStateException("the switch takes no policy");
        }
        published.add(epoch);
    }

    private final class Ear implements PolicyListener {
        @Override
        public void changed(ChangeKind kind, String author, int revision, int epoch, String detail) {
            heard.add(kind + " " + author + " r" + revision + " " + detail);
        }

        @Override
        public void granted(GrantEntry grant, int epoch) {
            heard.add("grant " + grant.id() + " " + grant.state());
        }

        @Override
        public void quarantined(String component, boolean begun, String author, String detail) {
            heard.add("quarantine " + component + (begun ? " begun " : " ended ") + author + "/" + detail);
        }
    }

    /** A component behind the port of its name, whose TCP ports may be reached from the others named. */
    static String component(String id, int address, String more, String... ingress) {
        StringBuilder yaml =
                new StringBuilder("apiVersion: weir/v1\nkind: Component\nmetadata: {id: " + id + "}\nspec:\n"
                        + "  identity: {instances: [{port: p-" + id + ", mac: \"52:54:00:00:00:0" + address
                        + "\", ips: [10.0.0."
                        + address + "]}]}\n  isolate: {egress: false}\n" + more);
        if (ingress.length > 0) {
            yaml.append("  ingress:\n");
        }
        for (String rule : ingress) {
            String[] words = rule.split(":", 2);
            yaml.append("    - {id: from-" + words[0] + "-" + words[1] + ", from: [{component: " + words[0]
                    + "}], l4: [{protocol: tcp, ports: \"" + words[1] + "\"}], action: allow}\n");
        }
        return yaml + "---\n";
    }

    /** What everybody starts from: web may reach db at 5432. */
    static String base() {
        return component("web", 1, "") + component("db", 2, "", "web:5432") + component("ops", 3, "");
    }

    static List<Document> documents(String yaml) {
        return ManifestReader.read("policy.yaml", yaml.substring(0, yaml.length() - "---\n".length()));
    }

    static Options options() {
        return new Options(ApplyRequest.ANY_HEAD, "ada", "because", false, 0);
    }

    static Options confirmWithin(long ns) {
        return new Options(ApplyRequest.ANY_HEAD, "ada", "because", false, ns);
    }

    ApplyResult apply(String yaml) {
        return apply(yaml, options());
    }

    ApplyResult apply(String yaml, Options options) {
        return engine.apply(new ApplyRequest(documents(yaml), List.of(), options));
    }

    static FlowKey key(String from, String to, int port) {
        int source = List.of("", "web", "db", "ops").indexOf(from);
        int destination = List.of("", "web", "db", "ops").indexOf(to);
        long mapped = 0xFFFF_0000_0000L | 10L << 24;
        return new FlowKey()
                .clear()
                .ingress(FlowKey.NO_PORT, PortRole.VM, PolicyMode.ENFORCE)
                .egress(FlowKey.NO_PORT, PortRole.VM, PolicyMode.ENFORCE)
                .link(0x5254_0000_0000L | source, 0x5254_0000_0000L | destination, 1, 0x0800)
                .source(0, mapped | source)
                .destination(0, mapped | destination)
                .transport(TCP, 40_000, port);
    }

    /** Whether the epoch that was published last lets TCP through. */
    boolean allows(String from, String to, int port) {
        Policy epoch = published.getLast();
        FlowKey key = key(from, to, port);
        key.ingress(epoch.portId("p-" + from), PortRole.VM, PolicyMode.ENFORCE)
                .egress(epoch.portId("p-" + to), PortRole.VM, PolicyMode.ENFORCE);
        Verdict verdict = new Verdict();
        epoch.evaluate(key, clock.nowNs(), verdict);
        return verdict.action() == Action.ALLOW;
    }

    @Override
    public void close() {
        repository.close();
    }
}
