package io.weir.control.daemon;

import java.util.Locale;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.weir.control.clock.DurableClock;
import io.weir.control.grant.GrantEntry;
import io.weir.control.grpc.EventLog;
import io.weir.control.policy.PolicyListener;

/** Tells changes of the policy to whoever watches events, and to the log. */
final class PolicyEvents implements PolicyListener {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyEvents.class);

    private final EventLog events;
    private final DurableClock clock;

    PolicyEvents(EventLog events, DurableClock clock) {
        this.events = events;
        this.clock = clock;
    }

    @Override
    public void changed(ChangeKind kind, String author, int revision, int epoch, String detail) {
        tell("policy-" + word(kind), "revision " + revision + " epoch " + epoch + " by " + author + ": " + detail);
    }

    @Override
    public void granted(GrantEntry grant, int epoch) {
        String who = grant.endedBy().isEmpty() ? grant.author() : grant.endedBy();
        tell("grant-" + word(grant.state()), grant.id() + " epoch " + epoch + " by " + who + ": " + grant.reason());
    }

    @Override
    public void quarantined(String component, boolean begun, String author, String detail) {
        String who = author.isEmpty() ? "" : " by " + author;
        tell(begun ? "quarantine-begun" : "quarantine-ended", component + who + ": " + detail);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void tell(String kind, String detail) {
        events.append(clock.now(), kind, detail);
        LOG.info("{} {}", kind, detail);
    }
}
