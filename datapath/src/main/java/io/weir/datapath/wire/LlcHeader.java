package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Flyweight over an LLC header (ISO/IEC 8802-2 clause 3) and the SNAP header that may follow it (RFC 1042).
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     DSAP      |     SSAP      |   Control     | SNAP: OUI     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                      OUI      |            Protocol           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Once {@link #check} returns {@link DropReason#NONE}, no accessor throws until the next wrap, but {@link #oui} and
 * {@link #protocol} want {@link #isSnap}.
 *
 * <p>Threading: not thread-safe; each worker owns one and wraps it again per frame.
 */
public final class LlcHeader {
    public static final int MIN_LENGTH = 3;
    public static final int SNAP_LENGTH = 8;

    /** Service access point of SNAP, on both sides. */
    public static final int SAP_SNAP = 0xAA;

    /** Service access point of the spanning tree protocols. */
    public static final int SAP_SPANNING_TREE = 0x42;

    /** Control field of an unnumbered information frame. */
    public static final int UNNUMBERED_INFORMATION = 0x03;

    static final int SSAP_OFFSET = 1;
    static final int CONTROL_OFFSET = 2;
    static final int OUI_OFFSET = 3;
    static final int PROTOCOL_OFFSET = 6;

    // DSAP, SSAP and control of SNAP as one number.
    private static final int SNAP = SAP_SNAP << 16 | SAP_SNAP << 8 | UNNUMBERED_INFORMATION;

    private static final int TRUNCATED = DropReason.LLC_TRUNCATED.code();

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    public LlcHeader wrap(long address, int length) {
        view.wrap(address, length);
        return this;
    }

    public LlcHeader wrap(UnsafeBuffer buffer, int offset, int length) {
        view.wrap(buffer, offset, length);
        return this;
    }

    /** LLC_TRUNCATED, or 0. */
    public int check() {
        return check(view, 0, view.capacity());
    }

    /** The rules of {@link #check()} for a header at {@code offset} of a frame whose 802.3 length ends it at {@code limit}. */
    public static int check(UnsafeBuffer frame, int offset, int limit) {
        int available = limit - offset;
        return available < MIN_LENGTH || available < length(frame, offset) ? TRUNCATED : DropReason.NONE;
    }

    // Information and supervisory frames have a control field of two bytes.
    private static int length(UnsafeBuffer frame, int offset) {
        if (isSnap(frame, offset)) {
            return SNAP_LENGTH;
        }
        boolean unnumbered = (u8(frame, offset + CONTROL_OFFSET) & 0x03) == 0x03;
        return unnumbered ? MIN_LENGTH : MIN_LENGTH + 1;
    }

    /** Whether a SNAP header stands at {@code offset}, of which three bytes are there. */
    public static boolean isSnap(UnsafeBuffer frame, int offset) {
        return (u16(frame, offset) << 8 | u8(frame, offset + CONTROL_OFFSET)) == SNAP;
    }

    /** The EtherType of a checked SNAP header at {@code offset}, or 0 when its OUI is not that of EtherTypes. */
    public static int snapEtherType(UnsafeBuffer frame, int offset) {
        boolean etherTypes = u8(frame, offset + OUI_OFFSET) == 0 && u16(frame, offset + OUI_OFFSET + 1) == 0;
        int protocol = u16(frame, offset + PROTOCOL_OFFSET);
        return etherTypes && protocol >= EthernetHeader.MIN_TYPE ? protocol : 0;
    }

    public boolean isSnap() {
        return isSnap(view, 0);
    }

    /** Destination service access point. */
    public int dsap() {
        return u8(view, 0);
    }

    public LlcHeader dsap(int sap) {
        put8(view, 0, sap);
        return this;
    }

    /** Source service access point. */
    public int ssap() {
        return u8(view, SSAP_OFFSET);
    }

    public LlcHeader ssap(int sap) {
        put8(view, SSAP_OFFSET, sap);
        return this;
    }

    /** First byte of the control field. */
    public int control() {
        return u8(view, CONTROL_OFFSET);
    }

    public LlcHeader control(int control) {
        put8(view, CONTROL_OFFSET, control);
        return this;
    }

    /** SNAP organisation, 24 bits; 0 says that the protocol is an EtherType. */
    public int oui() {
        return u8(view, OUI_OFFSET) << 16 | u16(view, OUI_OFFSET + 1);
    }

    public LlcHeader oui(int oui) {
        put8(view, OUI_OFFSET, oui >>> 16);
        put16(view, OUI_OFFSET + 1, oui);
        return this;
    }

    /** SNAP protocol, of the organisation. */
    public int protocol() {
        return u16(view, PROTOCOL_OFFSET);
    }

    public LlcHeader protocol(int protocol) {
        put16(view, PROTOCOL_OFFSET, protocol);
        return this;
    }

    @Override
    public String toString() {
        if (check() != DropReason.NONE) {
            return "LLC, truncated";
        }
        String text = "LLC, dsap 0x" + Integer.toHexString(dsap()) + ", ssap 0x" + Integer.toHexString(ssap())
                + ", ctrl 0x" + Integer.toHexString(control());
        return isSnap()
                ? text + ", oui 0x" + Integer.toHexString(oui()) + ", pid 0x" + Integer.toHexString(protocol())
                : text;
    }
}
