package io.weir.datapath.bridge;

/**
 * Memory and way out for frames that the switch itself makes.
 *
 * <p>Threading: called by one worker; implementations neither block nor allocate.
 */
public interface ReplySink {
    /**
     * Room for a frame of up to 128 bytes, with writable headroom and an all-zero virtio-net header in front of it; 0 when
     * there is none.
     */
    long take();

    /**
     * Sends the frame that was written into the room taken last. It is untagged: {@link VlanEgress#plan} with no traits and any
     * access port as ingress gives its form at the port.
     */
    void send(long frameAddress, int lengthBytes, int port, int vlan);
}
