package io.weir.control.config;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

import io.weir.identity.label.LabelException;
import io.weir.identity.label.Level;
import io.weir.identity.label.LevelNumbers;
import io.weir.identity.label.LevelRange;
import io.weir.ipsec.sa.EspCipher;
import io.weir.ipsec.sa.Lifetime;
import io.weir.ipsec.sa.SaKey;
import io.weir.ipsec.sa.SaSettings;
import io.weir.ipsec.sa.SaSettings.Direction;

/** Reads one element of {@code peers[].sas}. */
public final class SaConfig {
    /** What {@code direction} may say. */
    private enum Way {
        IN,
        OUT
    }

    private final LevelRange peerRange;
    private final @Nullable KeyFile keys;
    private final LevelNumbers numbers;

    /**
     * @param peerRange levels that may pass the tunnel
     * @param keys null when the file is not usable, which was told already
     * @param numbers of levels
     */
    SaConfig(LevelRange peerRange, @Nullable KeyFile keys, LevelNumbers numbers) {
        this.peerRange = peerRange;
        this.keys = keys;
        this.numbers = numbers;
    }

    /** The settings; empty, with problems reported, when anything in the section is wrong. */
    Optional<SaSettings> read(Section sa) {
        int before = sa.mistakes();
        Optional<String> direction = sa.required(ConfigKey.SA_DIRECTION);
        Direction way = direction.isPresent() && sa.choice(ConfigKey.SA_DIRECTION, Way.class, Way.IN) == Way.OUT
                ? Direction.OUTBOUND
                : Direction.INBOUND;
        Optional<String> spi = sa.required(ConfigKey.SA_SPI);
        int number = sa.integer(ConfigKey.SA_SPI);
        EspCipher cipher = cipher(sa);
        Optional<SaLabel> label = label(sa);
        boolean esn = sa.flag(ConfigKey.SA_ESN);
        int window = window(sa, way);
        int tfc = tfc(sa, way);
        Section lifetime = sa.section(ConfigKey.SA_LIFETIME);
        Lifetime ends = new Lifetime(
                lifetime.longInteger(ConfigKey.LIFETIME_SECONDS),
                lifetime.longInteger(ConfigKey.LIFETIME_BYTES),
                lifetime.longInteger(ConfigKey.LIFETIME_PACKETS));
        Optional<SaKey> key = spi.isPresent() && number != 0 ? key(sa, number, cipher) : Optional.empty();
        if (key.isEmpty() || sa.mistakes() > before) {
            return Optional.empty();
        }
        OptionalInt level = level(sa, label);
        if (level.isEmpty()) {
            key.get().destroy();
            return Optional.empty();
        }
        String context = label.map(SaLabel::text).orElse("");
        return Optional.of(
                new SaSettings(way, number, level.getAsInt(), context, cipher, key.get(), esn, window, tfc, ends));
    }

    private static EspCipher cipher(Section sa) {
        String text = sa.text(ConfigKey.SA_CIPHER).orElse(ConfigKey.SA_CIPHER.fallbackText());
        return cipher(text).orElseGet(() -> {
            sa.problem(
                    ConfigKey.SA_CIPHER,
                    "must be " + ConfigKey.SA_CIPHER.allowed() + ": was " + text,
                    "choose one of them");
            return EspCipher.AES_256_GCM_16;
        });
    }

    /** The cipher that is called so. */
    public static Optional<EspCipher> cipher(String text) {
        return Arrays.stream(EspCipher.values())
                .filter(cipher -> cipher.label().equals(text))
                .findFirst();
    }

    private Optional<SaLabel> label(Section sa) {
        Optional<String> text = sa.text(ConfigKey.SA_LABEL);
        try {
            Optional<SaLabel> label = text.map(SaLabel::parse);
            label.ifPresent(known -> requireInRange(sa, known.level()));
            if (text.isEmpty() && !peerRange.equals(LevelRange.ALL)) {
                sa.problem(
                        ConfigKey.SA_LABEL,
                        "is missing, and the peer's label is " + peerRange,
                        "say a level that lies in it");
            }
            return label;
        } catch (LabelException wrong) {
            sa.problem(ConfigKey.SA_LABEL, wrong.problem(), wrong.remedy());
        } catch (IllegalArgumentException range) {
            sa.problem(ConfigKey.SA_LABEL, String.valueOf(range.getMessage()), "give each level SAs of its own");
        }
        return Optional.empty();
    }

    /** Number of the label's level, 0 where there is no label; empty, with a problem reported, when none is left. */
    private OptionalInt level(Section sa, Optional<SaLabel> label) {
        try {
            return OptionalInt.of(label.map(known -> known.number(numbers)).orElse(0));
        } catch (IllegalArgumentException full) {
            String[] said = String.valueOf(full.getMessage()).split("; ", 2);
            sa.problem(ConfigKey.SA_LABEL, said[0], said[1]);
            return OptionalInt.empty();
        }
    }

    private void requireInRange(Section sa, Level level) {
        if (!peerRange.contains(level)) {
            sa.problem(
                    ConfigKey.SA_LABEL,
                    "must lie in the peer's label " + peerRange + ": was " + level,
                    "choose a level in it, or widen the peer's label");
        }
    }

    private static int window(Section sa, Direction way) {
        if (way == Direction.OUTBOUND && sa.has(ConfigKey.SA_REPLAY_WINDOW)) {
            sa.problem(ConfigKey.SA_REPLAY_WINDOW, "means nothing on an outbound SA", "remove it");
        }
        int window = sa.integer(ConfigKey.SA_REPLAY_WINDOW);
        if (window % Long.SIZE != 0) {
            sa.problem(
                    ConfigKey.SA_REPLAY_WINDOW,
                    "must be a multiple of 64: was " + window,
                    "write " + (window + Long.SIZE - window % Long.SIZE));
        }
        return window;
    }

    private static int tfc(Section sa, Direction way) {
        if (way == Direction.INBOUND && sa.has(ConfigKey.SA_TFC)) {
            sa.problem(ConfigKey.SA_TFC, "means nothing on an inbound SA", "remove it, the peer decides how it pads");
        }
        return sa.integer(ConfigKey.SA_TFC);
    }

    private Optional<SaKey> key(Section sa, int spi, EspCipher cipher) {
        if (keys == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(keys.key(spi, cipher.keyMaterialLength()));
        } catch (KeyFileException none) {
            sa.problem(ConfigKey.SA_SPI, none.problem(), none.remedy());
            return Optional.empty();
        }
    }
}
