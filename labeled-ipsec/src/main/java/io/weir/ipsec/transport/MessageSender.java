package io.weir.ipsec.transport;

/**
 * Hands a vector of messages to the kernel.
 *
 * <p>Threading: one worker.
 */
interface MessageSender {
    /**
     * Sends the first messages of the vector, without waiting.
     *
     * @param errors is filled with the error number of each, 0 when it was sent; EAGAIN when the send buffer was full
     */
    void send(int count, int[] errors);
}
