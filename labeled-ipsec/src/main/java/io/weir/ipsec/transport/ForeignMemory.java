package io.weir.ipsec.transport;

import java.lang.foreign.MemorySegment;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Gives off-heap memory that is not Netty's to Netty.
 *
 * <p>Threading: any thread.
 */
final class ForeignMemory {
    private ForeignMemory() {}

    /** A buffer over memory at an address, which it never frees; only the part that its indices enclose needs to exist. */
    @SuppressWarnings("restricted") // the address is of this module's own mapping, or of a frame that the worker sends
    static ByteBuf wrap(long address, long length) {
        return Unpooled.wrappedBuffer(
                MemorySegment.ofAddress(address).reinterpret(length).asByteBuffer());
    }
}
