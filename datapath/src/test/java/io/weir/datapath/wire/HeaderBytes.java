package io.weir.datapath.wire;

import java.util.HexFormat;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Off-heap views for tests of the flyweights. */
final class HeaderBytes {
    private HeaderBytes() {}

    static UnsafeBuffer of(byte[] bytes) {
        UnsafeBuffer view = zeros(bytes.length);
        view.putBytes(0, bytes);
        return view;
    }

    static UnsafeBuffer of(String hex) {
        return of(SampleFrames.hex(hex));
    }

    static UnsafeBuffer zeros(int length) {
        UnsafeBuffer view = new UnsafeBuffer(BufferUtil.allocateDirectAligned(Math.max(length, 1), 8));
        view.wrap(view, 0, length);
        return view;
    }

    static String hex(UnsafeBuffer view) {
        byte[] bytes = new byte[view.capacity()];
        view.getBytes(0, bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
