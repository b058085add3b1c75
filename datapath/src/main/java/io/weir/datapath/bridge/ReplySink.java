package io.weir.datapath.bridge;

/**
 * Memory and way out for frames that the switch itself makes.
 *
 * <p>Threading: called by one worker; implementations neither block nor allocate.
 */
public interface ReplySink {
    /**
     * Room for a frame of any length, with writable headroom and an all-zero virtio-net header in front of it; 0 when there is
     * none. Not from the stage "egress" on, for rooms of frames that have left are given out again.
     */
    long take();

    /**
     * Sends the frame that was written into the room taken last. It is untagged: {@link VlanEgress#plan} with no traits and any
     * access port as ingress gives its form at the port.
     *
     * @param level number of the security level that it travels at, 0 for none: that of what it answers
     */
    void send(long frameAddress, int lengthBytes, int port, int vlan, int level);

    /**
     * As {@link #send}, of a copy of the frame under way: counted as such, and untagged in the port's own VLAN.
     *
     * @return whether it was handed to the port's way out
     */
    boolean sendCopy(long frameAddress, int lengthBytes, int port, int level);
}
