package io.weir.kernel.ethtool;

/**
 * Work that an interface takes off the stack, with the ethtool commands that read and change it.
 *
 * <p>Threading: immutable.
 */
public enum Offload {
    RX_CHECKSUM(0x14, 0x15, 0),
    TX_CHECKSUM(0x16, 0x17, 0),
    SCATTER_GATHER(0x18, 0x19, 0),
    /** TCP segmentation. */
    TSO(0x1e, 0x1f, 0),
    /** UDP fragmentation, which current kernels no longer have. */
    UFO(0x21, 0x22, 0),
    /** Segmentation in software, right before the driver. */
    GSO(0x23, 0x24, 0),
    /** Merging of received segments in software. */
    GRO(0x2b, 0x2c, 0),
    /** Merging of received segments in hardware; one bit of a set. */
    LRO(0x25, 0x26, 1 << 15),
    /** VLAN tags taken out of received frames; one bit of the same set. */
    RX_VLAN(0x25, 0x26, 1 << 8);

    private final int readCommand;
    private final int changeCommand;
    private final int bit;

    Offload(int readCommand, int changeCommand, int bit) {
        this.readCommand = readCommand;
        this.changeCommand = changeCommand;
        this.bit = bit;
    }

    int readCommand() {
        return readCommand;
    }

    int changeCommand() {
        return changeCommand;
    }

    boolean isOn(int value) {
        return bit == 0 ? value != 0 : (value & bit) != 0;
    }

    /** The value to write so that only this offload changes. */
    int changed(int value, boolean on) {
        if (bit == 0) {
            return on ? 1 : 0;
        }
        return on ? value | bit : value & ~bit;
    }
}
