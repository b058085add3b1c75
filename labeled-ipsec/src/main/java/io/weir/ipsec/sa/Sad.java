package io.weir.ipsec.sa;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.weir.crypto.Aead;
import io.weir.crypto.AeadAlgorithm;
import io.weir.crypto.AeadOpener;
import io.weir.crypto.AeadSealer;
import io.weir.crypto.CryptoLibrary;
import io.weir.ipsec.sa.SaSettings.Direction;

/**
 * The security association database of one tunnel (RFC 4301 section 4.4.2). SAs come and go while packets pass: the control thread makes
 * a new {@link SadSnapshot} and publishes it by one release store; the worker looks at the newest for every packet. What a snapshot no
 * longer has is wiped only when the worker has looked at a newer one.
 *
 * <p>Threading: {@link #current} the worker; everything else the control thread. {@link #close} when no worker is left.
 */
public final class Sad implements AutoCloseable {
    private static final VarHandle PUBLISHED = field("published", SadSnapshot.class);
    private static final VarHandle SEEN = field("seen", SadSnapshot.class);

    private final CryptoLibrary library;
    private final SaStateFile state;
    // In the order in which they were added.
    private final List<SecurityAssociation> present = new ArrayList<>();
    private final List<Retired> retired = new ArrayList<>();

    private SadSnapshot published = SadSnapshot.EMPTY;
    // The newest that the worker looked at; written by the worker, and by the control thread while there is none.
    private SadSnapshot seen = SadSnapshot.EMPTY;

    /** An SA that no snapshot of version {@code since} or later has. */
    private record Retired(long since, SecurityAssociation sa) {}

    /** An SA's name in a tunnel. */
    public record SaId(Direction direction, int spi) {}

    /** @param state outlives this database */
    public Sad(CryptoLibrary library, SaStateFile state) {
        this.library = library;
        this.state = state;
    }

    /** The SAs of now. Also tells the control thread that those of before are not in use any more: an idle worker calls it too. */
    public SadSnapshot current() {
        SadSnapshot newest = (SadSnapshot) PUBLISHED.getAcquire(this);
        if (newest != seen) {
            SEEN.setRelease(this, newest);
        }
        return newest;
    }

    /** Adds one SA; see {@link #change}. */
    public void add(SaSettings settings, long nowNs) {
        change(List.of(settings), List.of(), nowNs);
    }

    /** Removes one SA; see {@link #change}. */
    public void remove(Direction direction, int spi, long nowNs) {
        change(List.of(), List.of(new SaId(direction, spi)), nowNs);
    }

    /**
     * Removes and adds SAs at once: no packet meets only half of it. Keys are copied, so that the caller can destroy its own.
     *
     * @param added newest last; it is the one that outbound packets of its level take
     * @throws IllegalArgumentException when one cannot be; nothing has changed then
     * @throws IllegalStateException when their state cannot be kept; nothing has changed then
     */
    public void change(List<SaSettings> added, List<SaId> removed, long nowNs) {
        requireChange(added, removed);
        List<SecurityAssociation> gone = present.stream()
                .filter(sa -> removed.contains(id(sa.settings())))
                .toList();
        List<SecurityAssociation> more = new ArrayList<>();
        gone.forEach(sa -> sa.retire(true));
        try {
            for (SaSettings settings : added) {
                make(settings, nowNs, more);
            }
            requireRecords(more);
        } catch (RuntimeException | Error refused) {
            gone.forEach(sa -> sa.retire(false));
            more.forEach(SecurityAssociation::withdraw);
            throw refused;
        }
        more.forEach(SecurityAssociation::succeed);
        present.removeAll(gone);
        present.addAll(more);
        SadSnapshot next = new SadSnapshot(published.version() + 1, present);
        gone.forEach(sa -> retired.add(new Retired(next.version(), sa)));
        PUBLISHED.setRelease(this, next);
    }

    private void requireChange(List<SaSettings> added, List<SaId> removed) {
        Map<SaId, SaKey.Fingerprint> keys = new HashMap<>();
        present.forEach(sa -> keys.put(id(sa.settings()), sa.fingerprint()));
        for (SaId id : removed) {
            if (keys.remove(id) == null) {
                throw new IllegalArgumentException(SaSettings.name(id.direction(), id.spi()) + ": there is none");
            }
        }
        for (SaSettings settings : added) {
            SaKey.Fingerprint key = settings.key().fingerprint();
            for (Map.Entry<SaId, SaKey.Fingerprint> other : keys.entrySet()) {
                requireDifferent(settings, key, other.getKey(), other.getValue());
            }
            keys.put(id(settings), key);
        }
    }

    private static void requireDifferent(
            SaSettings settings, SaKey.Fingerprint key, SaId other, SaKey.Fingerprint otherKey) {
        String otherName = SaSettings.name(other.direction(), other.spi());
        if (id(settings).equals(other)) {
            throw new IllegalArgumentException(settings.name() + ": it exists already; take another SPI, or remove it");
        }
        if (key.equals(otherKey)) {
            throw new IllegalArgumentException(settings.name() + ": its key is that of " + otherName
                    + "; give every SA a key of its own, since two that count alike would repeat IVs");
        }
    }

    private void make(SaSettings settings, long nowNs, List<SecurityAssociation> more) {
        AeadAlgorithm algorithm = settings.cipher().algorithm();
        byte[] material = settings.key().material();
        try {
            if (settings.direction() == Direction.INBOUND) {
                AeadOpener opener = library.opener(algorithm, material);
                more.add(new InboundSa(settings, opener, slot(settings, opener), nowNs));
            } else {
                AeadSealer sealer = library.sealer(algorithm, material);
                OutboundSa sa = new OutboundSa(settings, sealer, slot(settings, sealer), nowNs);
                more.add(sa);
                requireReserve(sa);
            }
        } finally {
            Arrays.fill(material, (byte) 0);
        }
    }

    private SaSlot slot(SaSettings settings, Aead context) {
        try {
            return state.slot(settings);
        } catch (IllegalArgumentException | IllegalStateException refused) {
            context.close();
            throw refused;
        }
    }

    /** Before a packet is accepted on them: an inbound SA that a restart does not know would accept its packets once more. */
    private void requireRecords(List<SecurityAssociation> more) {
        int result = more.isEmpty() ? 0 : state.save();
        if (result != 0) {
            throw new IllegalStateException(more.getFirst().settings().name()
                    + ": its record cannot be kept on the disk, error " + -result
                    + "; see to the device of the state file");
        }
    }

    private static void requireReserve(OutboundSa sa) {
        int result = sa.reserveAhead();
        if (result != 0) {
            throw new IllegalStateException(sa.settings().name()
                    + ": its sequence numbers cannot be reserved on the disk, error " + -result
                    + "; see to the device of the state file");
        }
    }

    /**
     * Reserves sequence numbers ahead, keeps what was received and used of lifetimes, and wipes what was removed and is out of use. To
     * be called at least every 100 ms: an SA whose reserve is used up refuses its packets until then.
     *
     * @return 0, or a negative errno when the state file's device fails
     */
    public int maintain() {
        wipeRetired();
        int worst = 0;
        for (SecurityAssociation sa : present) {
            sa.keepUsage();
            worst = sa instanceof OutboundSa outbound ? Math.min(worst, outbound.reserveAhead()) : worst;
        }
        return Math.min(worst, state.write());
    }

    /** Keeps how old SAs are: to be called now and then, since a wall clock that was wrong cannot tell after a restart. */
    public void keepAges(long nowNs) {
        present.forEach(sa -> sa.keepAge(nowNs));
    }

    private void wipeRetired() {
        long inUse = ((SadSnapshot) SEEN.getAcquire(this)).version();
        List<Retired> unused =
                retired.stream().filter(gone -> gone.since() <= inUse).toList();
        for (Retired gone : unused) {
            // First: what fails is not tried twice, and does not keep the others from it.
            retired.remove(gone);
            gone.sa().close();
        }
    }

    /** Tells that no worker looks at it: what was removed is out of use. Must not be called while one may. */
    public void unattended() {
        SEEN.setRelease(this, published);
    }

    /** Whether it has this very SA: the same settings, and the same key. */
    public boolean has(SaSettings settings) {
        return present.stream().anyMatch(sa -> same(sa.settings(), sa.fingerprint(), settings));
    }

    private static boolean same(SaSettings present, SaKey.Fingerprint key, SaSettings other) {
        SaSettings named = new SaSettings(
                present.direction(),
                present.spi(),
                present.level(),
                present.context(),
                present.cipher(),
                other.key(),
                present.esn(),
                present.replayWindow(),
                present.tfcLength(),
                present.lifetime());
        return named.equals(other) && key.equals(other.key().fingerprint());
    }

    /** Every SA as it is now, inbound first, oldest first. */
    public List<SaStatus> status(long nowNs) {
        SadSnapshot now = published;
        return present.stream()
                .map(sa -> status(sa, now, nowNs))
                .sorted(Comparator.comparing(SaStatus::direction))
                .toList();
    }

    private static SaStatus status(SecurityAssociation sa, SadSnapshot now, long nowNs) {
        SaSettings settings = sa.settings();
        SaCounters counters = sa.counters();
        boolean current = sa instanceof InboundSa || now.outbound(settings.level()) == sa;
        return new SaStatus(
                settings.direction(),
                settings.spi(),
                settings.level(),
                settings.context(),
                settings.cipher(),
                settings.esn(),
                settings.replayWindow(),
                settings.tfcLength(),
                settings.lifetime(),
                counters.packets(),
                counters.bytes(),
                counters.drops(),
                sa.lastSequence(),
                sa.limits().ageNs(nowNs),
                counters.packets() == 0 ? -1 : nowNs - counters.lastUsedNs(),
                current,
                sa.limits().expiry(counters, sa.lastSequence(), nowNs));
    }

    private static SaId id(SaSettings settings) {
        return new SaId(settings.direction(), settings.spi());
    }

    /** Wipes every key, and keeps what was used of the reserved numbers. */
    @Override
    public void close() {
        retired.forEach(gone -> gone.sa().close());
        present.forEach(SecurityAssociation::close);
        retired.clear();
        present.clear();
        published = SadSnapshot.EMPTY;
    }

    private static VarHandle field(String name, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(Sad.class, name, type);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }
}
