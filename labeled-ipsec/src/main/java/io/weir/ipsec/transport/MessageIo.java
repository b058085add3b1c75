package io.weir.ipsec.transport;

/**
 * Hands vectors of messages to the kernel and back.
 *
 * <p>Threading: one worker.
 */
interface MessageIo extends MessageSender, AutoCloseable {
    /**
     * Receives into the vector for receiving, without waiting.
     *
     * @param slots is filled with the index of each message received
     * @return messages received, or a negative errno
     */
    int receive(int[] slots);

    @Override
    void close();
}
