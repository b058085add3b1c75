package io.weir.ipsec.esp;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.weir.crypto.AeadAlgorithm;
import io.weir.crypto.AeadOpener;
import io.weir.crypto.AeadSealer;
import io.weir.crypto.CryptoLibrary;
import io.weir.datapath.pipeline.DropReason;
import io.weir.ipsec.sa.SaStateFile;
import io.weir.ipsec.sa.Sad;
import io.weir.kernel.Memory;
import io.weir.kernel.Scratch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Packets of RFCs, of Linux, of strongSwan and of an ESP in Python are opened, and sealed again to the same bytes, by both libraries.
 * With {@code -Dweir.vectors=DIR} also those of DPDK and scapy, whose files {@code test_cryptodev_security_ipsec_test_vectors.h} and
 * {@code ipsec.uts} lie in that folder.
 */
@Timeout(60)
class EspVectorsTest {
    private static final String FOREIGN = "weir.vectors";

    private final Scratch memory = new Scratch(8192);
    private final long packet = memory.address();
    private final long out = packet + 4096;
    private final long aad = out + 2048;

    @AfterEach
    void free() {
        memory.close();
    }

    static Stream<Arguments> vectors() {
        return Stream.of("/vectors/recorded.txt", "/vectors/derived.txt")
                .flatMap(resource -> EspVector.read(resource).stream())
                .flatMap(vector -> libraries().map(library -> Arguments.of(vector, library)));
    }

    private static Stream<CryptoLibrary> libraries() {
        return Stream.of(CryptoLibrary.best(), CryptoLibrary.jce());
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void shouldOpenAndSealAsTheOthersDid(EspVector vector, CryptoLibrary library) {
        assertOpensAndSeals(vector, library);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void shouldTakeThePacketThroughTheTunnel(EspVector vector, CryptoLibrary library) {
        assertPasses(vector, library);
    }

    @Test
    @EnabledIfSystemProperty(named = FOREIGN, matches = ".+")
    void shouldOpenAndSealAsDpdkAndScapyDid() throws Exception {
        Path folder = Path.of(System.getProperty(FOREIGN));
        List<EspVector> dpdk =
                ForeignVectors.dpdk(Files.readString(folder.resolve("test_cryptodev_security_ipsec_test_vectors.h")));
        List<EspVector> scapy = ForeignVectors.scapy(Files.readString(folder.resolve("ipsec.uts")));

        assertEquals(7, dpdk.size(), dpdk::toString);
        assertEquals(3, scapy.size(), scapy::toString);
        for (EspVector vector : Stream.concat(dpdk.stream(), scapy.stream()).toList()) {
            libraries().forEach(library -> {
                assertOpensAndSeals(vector, library);
                assertPasses(vector, library);
            });
        }
    }

    private void assertOpensAndSeals(EspVector vector, CryptoLibrary library) {
        AeadAlgorithm algorithm = vector.cipher().algorithm();
        Memory.copy(vector.packet(), 0, packet, vector.packet().length);
        long iv = packet + EspHeader.LENGTH;
        long text = iv + algorithm.ivLength();
        int textLength = vector.packet().length - EspHeader.LENGTH - algorithm.ivLength() - algorithm.tagLength();
        EspHeader.writeExtendedAad(aad, algorithm.encryptThenMac(), vector.spi(), vector.sequence());
        long authenticated = vector.esn() ? aad : packet;
        int authenticatedLength = vector.esn() ? EspHeader.EXTENDED_AAD_LENGTH : EspHeader.LENGTH;

        try (AeadOpener opener = library.opener(algorithm, vector.key());
                AeadSealer sealer = library.sealer(algorithm, vector.key())) {
            assertEquals(0, opener.open(iv, authenticated, authenticatedLength, text, textLength, out), vector.name());
            assertArrayEquals(vector.inner(), EspBench.read(out, vector.inner().length), vector.name());
            assertEquals(vector.nextHeader(), EspHeader.readByte(out + textLength - 1), vector.name());

            assertEquals(
                    0,
                    sealer.seal(iv, authenticated, authenticatedLength, /* text= */ out, textLength, /* out= */ text));
            assertArrayEquals(vector.packet(), EspBench.read(packet, vector.packet().length), vector.name());
        }
    }

    private void assertPasses(EspVector vector, CryptoLibrary library) {
        boolean reserved = Integer.compareUnsigned(vector.spi(), 256) < 0;
        if (reserved || vector.sequence() >>> Integer.SIZE != 0) {
            return;
        }
        Memory.copy(vector.packet(), 0, packet, vector.packet().length);
        boolean ethernet = vector.nextHeader() == EspHeader.ETHERNET;
        try (SaStateFile state = SaStateFile.inMemory(() -> 1);
                Sad sad = new Sad(library, state);
                EspOpener opener = ethernet ? EspOpener.ofEthernet(sad) : EspOpener.ofIp(sad)) {
            sad.add(EspBench.inbound(vector.spi(), 3, vector.cipher(), vector.key(), vector.esn()), 0);
            int result = opener.open(packet, vector.packet().length, out, 1);

            if (vector.nextHeader() == 1 || vector.nextHeader() == 6) {
                assertEquals(-DropReason.ESP_NEXT_HEADER.code(), result, vector.name());
                return;
            }
            assertTrue(result > 0, vector.name());
            assertTrue(vector.inner().length == 0 || vector.inner().length == result, vector.name());
            assertArrayEquals(vector.inner(), EspBench.read(out, vector.inner().length), vector.name());
            assertEquals(vector.nextHeader(), opener.nextHeader());
            assertEquals(-DropReason.ESP_REPLAYED.code(), opener.open(packet, vector.packet().length, out, 1));
        }
    }

    @Test
    void shouldHaveEveryCipherWithAndWithoutExtendedNumbers() {
        List<EspVector> vectors = EspVector.read("/vectors/derived.txt");

        assertEquals(84, vectors.size());
        assertEquals(
                14,
                vectors.stream().map(v -> v.cipher() + " " + v.esn()).distinct().count());
        assertTrue(EspVector.read("/vectors/recorded.txt").size() >= 13);
    }
}
