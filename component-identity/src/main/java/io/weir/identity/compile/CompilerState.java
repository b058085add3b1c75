package io.weir.identity.compile;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.weir.identity.component.Document;
import io.weir.identity.component.PolicySet;
import io.weir.identity.evaluate.BoundTable;
import io.weir.identity.evaluate.LabelTable;
import io.weir.identity.evaluate.PortTable;
import io.weir.identity.evaluate.RuleInfo;
import io.weir.identity.evaluate.SenderRules;
import io.weir.identity.evaluate.Subject;
import io.weir.identity.label.LabelSettings;
import io.weir.identity.label.LevelNumbers;
import io.weir.identity.label.LevelRelations;
import io.weir.identity.label.TypeRules;

/**
 * All that the last success left, for the next compilation to take over what has not changed.
 *
 * @param components by identity
 * @param order the same by id, as the documents come
 * @param tiers by tier, null for the components' own
 * @param placements by port number
 * @param clockZero when the monotonic clock was zero, by the wall clock that its times were told by
 * @param profileCount how many profiles the tables know
 * @param labels what the host said of labels
 * @param labelTable null before the first success
 * @param labelled components with a label of their own
 */
@SuppressWarnings("ArrayRecordComponent") // tables are never compared by value
record CompilerState(
        PolicySet documents,
        List<Document> groups,
        @Nullable CompiledComponent[] components,
        CompiledComponent[] order,
        @Nullable TierRules[] tiers,
        SenderRules addresses,
        @Nullable Subject[] subjects,
        @Nullable Document[] documentsByIdentity,
        @Nullable RuleInfo[] rules,
        Map<Integer, List<Placement>> placements,
        @Nullable PortTable[] portTables,
        BoundTable bound,
        Set<String> quarantined,
        Instant clockZero,
        int profileCount,
        LabelSettings labels,
        @Nullable LabelTable labelTable,
        int labelled) {
    static final CompilerState NONE = new CompilerState(
            PolicySet.EMPTY,
            List.of(),
            new CompiledComponent[0],
            new CompiledComponent[0],
            new TierRules[Subject.TIERS],
            SenderRules.NONE,
            new Subject[0],
            new Document[0],
            new RuleInfo[0],
            Map.of(),
            new PortTable[0],
            BoundTable.EMPTY,
            Set.of(),
            Instant.EPOCH,
            1,
            LabelSettings.NONE,
            null,
            0);

    /** Relations to begin with. */
    LevelRelations relations(LevelNumbers levels) {
        return labelTable == null ? LevelRelations.none(levels) : labelTable.relations();
    }

    /** Type rules of {@link #labels}. */
    TypeRules types() {
        return labelTable == null ? TypeRules.NONE : labelTable.types();
    }

    @Nullable
    CompiledComponent component(int identity) {
        return identity < components.length ? components[identity] : null;
    }
}
