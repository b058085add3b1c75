package io.weir.ipsec.esp;

import io.weir.crypto.AeadAlgorithm;
import io.weir.datapath.pipeline.DropReason;
import io.weir.ipsec.sa.OutboundSa;
import io.weir.ipsec.sa.Sad;
import io.weir.kernel.Memory;
import io.weir.kernel.Scratch;

/**
 * Seals the packets of one tunnel: SA, TFC padding, padding, numbering, encryption (RFC 4303 section 3.3.2).
 *
 * <p>Ethernet frames whose headers do not tell their length get no TFC padding, since nobody could take it off again.
 *
 * <p>Threading: one worker.
 */
public final class EspSealer implements EspOutbound {
    private static final int NO_SA = DropReason.ESP_NO_SA.code();
    private static final int MTU_EXCEEDED = DropReason.ESP_MTU_EXCEEDED.code();

    private final Sad sad;
    private final Scratch scratch = new Scratch(EspHeader.EXTENDED_AAD_LENGTH);
    private final long aad = scratch.address();
    private final TrailerRoom trailerRoom = new TrailerRoom();

    public EspSealer(Sad sad) {
        this.sad = sad;
    }

    @Override
    public int seal(int level, long inner, int innerLength, int nextHeader, long out, long nowNs) {
        OutboundSa sa = sad.current().outbound(level);
        if (sa == null) {
            return -NO_SA;
        }
        AeadAlgorithm algorithm = sa.algorithm();
        int ivLength = algorithm.ivLength();
        int payloadLength = payloadLength(sa, inner, innerLength, nextHeader);
        int textLength = roundUp(payloadLength + EspHeader.TRAILER_LENGTH, algorithm.blockLength());
        int length = EspHeader.LENGTH + ivLength + textLength + algorithm.tagLength();
        long sequence = sa.next(length, nowNs);
        if (sequence == 0) {
            return sa.exhausted();
        }
        long text = out + EspHeader.LENGTH + ivLength;
        EspHeader.writeInt(out, sa.spi());
        EspHeader.writeInt(out + EspHeader.SEQUENCE_OFFSET, (int) sequence);
        // Where it can be, the packet is not copied for the few bytes that follow it: it is encrypted on its way out.
        boolean inPlace = trailerRoom.borrow(inner + innerLength, textLength - innerLength);
        long plain = inPlace ? inner : text;
        if (!inPlace) {
            Memory.copy(inner, text, innerLength);
        }
        pad(plain, innerLength, payloadLength, textLength, nextHeader);
        int failed = encrypt(sa, sequence, out, plain, textLength);
        if (inPlace) {
            trailerRoom.giveBack();
        }
        return failed == 0 ? length : sa.exhausted();
    }

    private int encrypt(OutboundSa sa, long sequence, long out, long plain, int textLength) {
        long iv = out + EspHeader.LENGTH;
        long text = iv + sa.algorithm().ivLength();
        long authenticated = out;
        int authenticatedLength = EspHeader.LENGTH;
        if (sa.esn()) {
            EspHeader.writeExtendedAad(aad, sa.algorithm().encryptThenMac(), sa.spi(), sequence);
            authenticated = aad;
            authenticatedLength = EspHeader.EXTENDED_AAD_LENGTH;
        }
        return sa.sealer().iv(sa.ivCounter(sequence), iv)
                | sa.sealer().seal(iv, authenticated, authenticatedLength, plain, textLength, text);
    }

    private static int payloadLength(OutboundSa sa, long inner, int innerLength, int nextHeader) {
        if (innerLength >= sa.tfcLength() || InnerLength.of(nextHeader, inner, innerLength) != innerLength) {
            return innerLength;
        }
        return sa.tfcLength();
    }

    /** TFC padding of zeros, padding 1, 2, 3 and so on (RFC 4303 section 2.4), pad length, next header. */
    private static void pad(long text, int innerLength, int payloadLength, int textLength, int nextHeader) {
        for (int offset = innerLength; offset < payloadLength; offset++) {
            Memory.writeByte(text + offset, (byte) 0);
        }
        int padLength = textLength - EspHeader.TRAILER_LENGTH - payloadLength;
        for (int i = 0; i < padLength; i++) {
            Memory.writeByte(text + payloadLength + i, (byte) (i + 1));
        }
        Memory.writeByte(text + textLength - 2, (byte) padLength);
        Memory.writeByte(text + textLength - 1, (byte) nextHeader);
    }

    @Override
    public int innerCapacity(int level, int espLength) {
        OutboundSa sa = sad.current().outbound(level);
        if (sa == null) {
            return -NO_SA;
        }
        AeadAlgorithm algorithm = sa.algorithm();
        int room = espLength - EspHeader.LENGTH - algorithm.ivLength() - algorithm.tagLength();
        int capacity = room - room % algorithm.blockLength() - EspHeader.TRAILER_LENGTH;
        return capacity <= 0 || capacity < sa.tfcLength() ? -MTU_EXCEEDED : capacity;
    }

    /** The block length is a power of two. */
    private static int roundUp(int length, int block) {
        return (length + block - 1) & -block;
    }

    @Override
    public void close() {
        scratch.close();
    }
}
