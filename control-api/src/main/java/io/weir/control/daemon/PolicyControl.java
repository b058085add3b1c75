package io.weir.control.daemon;

import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.grpc.BindableService;

import io.weir.control.audit.AuditSink;
import io.weir.control.clock.DurableClock;
import io.weir.control.clock.SystemClock;
import io.weir.control.config.HostSettings;
import io.weir.control.grant.GrantStore;
import io.weir.control.grpc.EventLog;
import io.weir.control.grpc.GrantEndpoint;
import io.weir.control.grpc.PolicyEndpoint;
import io.weir.control.policy.EpochPublisher;
import io.weir.control.policy.Explanations;
import io.weir.control.policy.PolicyEngine;
import io.weir.control.policy.PolicyListener;
import io.weir.control.policy.PolicyTimer;
import io.weir.control.policy.PortLabels;
import io.weir.control.repository.EmbeddedRepository;
import io.weir.control.repository.RepositoryException;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.worker.Switch;
import io.weir.identity.compile.PolicyCompiler;
import io.weir.identity.component.Document;
import io.weir.identity.document.ProblemException;
import io.weir.identity.label.LabelSettings;
import io.weir.ipsec.tunnel.Tunnels;

/**
 * The policy of the daemon: store, engine, timer and services, wired to the switch.
 *
 * <p>Threading: opened by one thread.
 */
final class PolicyControl {
    /** Of the heap: what one epoch may take at most, because two live at once while sessions go over. */
    private static final int HEAP_SHARE = 4;

    private static final Logger LOG = LoggerFactory.getLogger(PolicyControl.class);

    private final PolicyEngine engine;
    private final List<BindableService> services;

    private PolicyControl(PolicyEngine engine, List<BindableService> services) {
        this.engine = engine;
        this.services = services;
    }

    /**
     * Opens the store and publishes what is in force, before any port exists.
     *
     * @throws StartException when the store cannot be used, or holds what this version does not compile
     */
    static PolicyControl open(
            HostSettings settings,
            Switch bridge,
            Tunnels tunnels,
            EventLog events,
            EpochPublisher publisher,
            AuditSink audit,
            Undo undo) {
        try {
            EmbeddedRepository repository = new EmbeddedRepository(settings.dataDir());
            undo.after(repository, () -> repository.discard(PolicyEngine.recordsOfAStart()));
            DurableClock clock = new DurableClock(new SystemClock(), repository);
            PolicyEvents told = new PolicyEvents(events, clock);
            PolicyAudit recorded = new PolicyAudit(audit, clock);
            SwitchPorts ports = new SwitchPorts(bridge);
            long budgetBytes = Runtime.getRuntime().maxMemory() / HEAP_SHARE;
            PolicyEngine engine = new PolicyEngine(new PolicyEngine.Parts(
                    repository,
                    clock,
                    new GrantStore(repository, clock),
                    new PolicyCompiler(budgetBytes),
                    publisher,
                    new SwitchSessions(bridge, ports),
                    PolicyListener.all(recorded, told),
                    new LabelSettings(settings.domain(), PortLabels.of(settings.ports(), settings.peerLabels()))));
            engine.start();
            undo.after(new PolicyTimer(engine));
            warning(settings, engine.current().documents().documents()).ifPresent(warning -> LOG.warn("{}", warning));
            SwitchTunnels paths = new SwitchTunnels(bridge, tunnels, settings.peerLabels());
            Explanations explanations = new Explanations(engine, ports, paths, clock, budgetBytes);
            return new PolicyControl(
                    engine,
                    List.of(new PolicyEndpoint(engine, explanations, repository), new GrantEndpoint(engine, clock)));
        } catch (RepositoryException | ProblemException refused) {
            throw new StartException("the policy cannot start: " + refused.getMessage());
        }
    }

    /** What nobody means who starts for the first time: a firewall that knows nobody. Empty where nothing enforces, or documents say who is there. */
    static Optional<String> warning(HostSettings settings, List<Document> documents) {
        long enforcing = settings.ports().stream()
                .filter(port -> port.policy().mode() == PolicyMode.ENFORCE)
                .count();
        boolean later = settings.ports().isEmpty() && settings.policyMode() == PolicyMode.ENFORCE;
        if (!documents.isEmpty() || (enforcing == 0 && !later)) {
            return Optional.empty();
        }
        String where = later
                ? "for ports to come"
                : "at " + enforcing + " of " + settings.ports().size() + " ports";
        return Optional.of(
                "policy.mode: is enforce " + where + ", and no document is in force: nothing passes them, ARP"
                        + " included; apply manifests that say who is there (weir apply -f FILE), or say policy: {mode: off}"
                        + " until then");
    }

    PolicyEngine engine() {
        return engine;
    }

    /** To be served. */
    List<BindableService> services() {
        return services;
    }
}
