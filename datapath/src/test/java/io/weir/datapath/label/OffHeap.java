package io.weir.datapath.label;

import java.util.HexFormat;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Off-heap views for tests of the codecs. */
final class OffHeap {
    private OffHeap() {}

    static UnsafeBuffer of(byte[] bytes) {
        UnsafeBuffer view = zeros(bytes.length);
        view.putBytes(0, bytes);
        return view;
    }

    static UnsafeBuffer of(String hex) {
        return of(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    static UnsafeBuffer zeros(int length) {
        UnsafeBuffer view = new UnsafeBuffer(BufferUtil.allocateDirectAligned(Math.max(length, 1), 8));
        view.wrap(view, 0, length);
        return view;
    }

    static String hex(UnsafeBuffer view, int offset, int length) {
        byte[] bytes = new byte[length];
        view.getBytes(offset, bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
