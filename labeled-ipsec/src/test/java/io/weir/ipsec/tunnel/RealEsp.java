package io.weir.ipsec.tunnel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.weir.crypto.CryptoLibrary;
import io.weir.ipsec.esp.EspOpener;
import io.weir.ipsec.esp.EspSealer;
import io.weir.ipsec.sa.EspCipher;
import io.weir.ipsec.sa.Lifetime;
import io.weir.ipsec.sa.SaKey;
import io.weir.ipsec.sa.SaSettings;
import io.weir.ipsec.sa.SaSettings.Direction;
import io.weir.ipsec.sa.SaStateFile;
import io.weir.ipsec.sa.Sad;

/** Both directions of real SAs, one for each level, in one database: what it seals it opens. */
final class RealEsp implements AutoCloseable {
    private static final int SPI = 0x1000;

    final SaStateFile state = SaStateFile.inMemory(() -> 1_700_000_000_000_000_000L);
    final Sad outbound = new Sad(CryptoLibrary.best(), state);
    final SaStateFile inboundState = SaStateFile.inMemory(() -> 1_700_000_000_000_000_000L);
    final Sad inbound = new Sad(CryptoLibrary.best(), inboundState);

    RealEsp(EspCipher cipher, int... levels) {
        List<SaSettings> out = new ArrayList<>();
        List<SaSettings> in = new ArrayList<>();
        for (int level : levels) {
            out.add(sa(Direction.OUTBOUND, level, cipher));
            in.add(sa(Direction.INBOUND, level, cipher));
        }
        outbound.change(out, List.of(), 0);
        inbound.change(in, List.of(), 0);
    }

    private static SaSettings sa(Direction direction, int level, EspCipher cipher) {
        byte[] key = new byte[36];
        Arrays.fill(key, (byte) (level + 1));
        return new SaSettings(
                direction,
                SPI + level,
                level,
                "",
                cipher,
                new SaKey(key),
                true,
                SaSettings.DEFAULT_REPLAY_WINDOW,
                0,
                Lifetime.UNLIMITED);
    }

    /** A new one, for a device that closes it. */
    EspSealer sealer() {
        return new EspSealer(outbound);
    }

    /** A new one, for a device that closes it. */
    EspOpener opener() {
        return EspOpener.ofEthernet(inbound);
    }

    @Override
    public void close() {
        outbound.close();
        inbound.close();
        state.close();
        inboundState.close();
    }
}
