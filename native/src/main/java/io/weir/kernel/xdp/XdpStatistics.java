package io.weir.kernel.xdp;

/**
 * What the kernel counted on one AF_XDP socket since it was opened.
 *
 * <p>Threading: immutable.
 *
 * @param rxDropped frames dropped for other reasons than the ones below, for example longer than a umem frame
 * @param rxInvalidDescriptors fill entries outside the umem
 * @param txInvalidDescriptors transmit entries outside the umem or across frames
 * @param rxRingFull frames dropped because the worker was too slow
 * @param rxFillRingEmpty times a frame came and no free one was there
 * @param txRingEmpty times the kernel found nothing to send
 */
public record XdpStatistics(
        long rxDropped,
        long rxInvalidDescriptors,
        long txInvalidDescriptors,
        long rxRingFull,
        long rxFillRingEmpty,
        long txRingEmpty) {}
