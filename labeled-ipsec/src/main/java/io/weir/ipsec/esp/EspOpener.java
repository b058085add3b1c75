package io.weir.ipsec.esp;

import io.weir.crypto.AeadAlgorithm;
import io.weir.datapath.pipeline.DropReason;
import io.weir.ipsec.sa.InboundSa;
import io.weir.ipsec.sa.Sad;
import io.weir.kernel.Scratch;

/**
 * Opens the packets of one tunnel: SA, window, integrity, window, padding, next header (RFC 4303 section 3.4).
 *
 * <p>Threading: one worker.
 */
public final class EspOpener implements EspInbound {
    private static final int TRUNCATED = DropReason.ESP_TRUNCATED.code();
    private static final int SPI_UNKNOWN = DropReason.ESP_SPI_UNKNOWN.code();
    private static final int AUTHENTICATION_FAILED = DropReason.ESP_AUTHENTICATION_FAILED.code();
    private static final int PADDING_INVALID = DropReason.ESP_PADDING_INVALID.code();
    private static final int DUMMY = DropReason.ESP_DUMMY.code();
    private static final int NEXT_HEADER = DropReason.ESP_NEXT_HEADER.code();
    private static final int INNER_INVALID = DropReason.ESP_INNER_INVALID.code();

    private final Sad sad;
    private final boolean ethernet;
    private final Scratch scratch = new Scratch(EspHeader.EXTENDED_AAD_LENGTH);
    private final long aad = scratch.address();
    private int nextHeader;
    private int level;

    private EspOpener(Sad sad, boolean ethernet) {
        this.sad = sad;
        this.ethernet = ethernet;
    }

    /** Of a tunnel that carries Ethernet frames (next header 143). */
    public static EspOpener ofEthernet(Sad sad) {
        return new EspOpener(sad, true);
    }

    /** Of a tunnel that carries IP packets (next headers 4 and 41). */
    public static EspOpener ofIp(Sad sad) {
        return new EspOpener(sad, false);
    }

    @Override
    public int open(long packet, int length, long out, long nowNs) {
        level = 0;
        nextHeader = 0;
        if (length < EspHeader.LENGTH) {
            return -TRUNCATED;
        }
        InboundSa sa = sad.current().inbound(EspHeader.readInt(packet));
        if (sa == null) {
            return -SPI_UNKNOWN;
        }
        level = sa.level();
        AeadAlgorithm algorithm = sa.algorithm();
        int textLength = length - EspHeader.LENGTH - algorithm.ivLength() - algorithm.tagLength();
        if (textLength <= 0 || textLength % algorithm.blockLength() != 0) {
            return sa.drop(TRUNCATED);
        }
        long sequence = sa.sequence(EspHeader.readInt(packet + EspHeader.SEQUENCE_OFFSET));
        int refused = sa.check(sequence, length, nowNs);
        if (refused != 0) {
            return sa.drop(refused);
        }
        if (decrypt(sa, sequence, packet, textLength, out) != 0) {
            return sa.drop(AUTHENTICATION_FAILED);
        }
        sa.accept(sequence, length, nowNs);
        return finish(sa, out, textLength);
    }

    private int decrypt(InboundSa sa, long sequence, long packet, int textLength, long out) {
        long authenticated = packet;
        int authenticatedLength = EspHeader.LENGTH;
        if (sa.esn()) {
            EspHeader.writeExtendedAad(aad, sa.algorithm().encryptThenMac(), EspHeader.readInt(packet), sequence);
            authenticated = aad;
            authenticatedLength = EspHeader.EXTENDED_AAD_LENGTH;
        }
        long iv = packet + EspHeader.LENGTH;
        long text = iv + sa.algorithm().ivLength();
        return sa.opener().open(iv, authenticated, authenticatedLength, text, textLength, out);
    }

    /** What an authentic packet holds. */
    private int finish(InboundSa sa, long text, int textLength) {
        int padLength = EspHeader.readByte(text + textLength - 2);
        int payloadLength = textLength - EspHeader.TRAILER_LENGTH - padLength;
        if (payloadLength < 0 || !padded(text + payloadLength, padLength)) {
            return sa.drop(PADDING_INVALID);
        }
        int next = EspHeader.readByte(text + textLength - 1);
        if (next == EspHeader.NONE) {
            return sa.drop(DUMMY);
        }
        if (!expected(next)) {
            return sa.drop(NEXT_HEADER);
        }
        int innerLength = InnerLength.of(next, text, payloadLength);
        if (innerLength == InnerLength.INVALID) {
            return sa.drop(INNER_INVALID);
        }
        nextHeader = next;
        return innerLength == InnerLength.UNKNOWN ? payloadLength : innerLength;
    }

    private boolean expected(int next) {
        return ethernet ? next == EspHeader.ETHERNET : next == EspHeader.IPV4 || next == EspHeader.IPV6;
    }

    /** 1, 2, 3 and so on: RFC 4303 section 3.4.4 lets the receiver insist. */
    private static boolean padded(long padding, int length) {
        int wrong = 0;
        for (int i = 0; i < length; i++) {
            wrong |= EspHeader.readByte(padding + i) ^ (i + 1);
        }
        return wrong == 0;
    }

    @Override
    public int nextHeader() {
        return nextHeader;
    }

    @Override
    public int level() {
        return level;
    }

    @Override
    public void idle() {
        sad.current();
    }

    @Override
    public void close() {
        scratch.close();
    }
}
