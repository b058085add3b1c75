package io.weir.datapath.worker;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.kernel.Memory;
import io.weir.kernel.NetworkNamespace;
import io.weir.kernel.Syscall;
import io.weir.kernel.tuntap.Tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a guest can write into its network card must not close its port, nor open the host behind it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HostileFrameIT {
    private static final int UDP_FRAGMENTATION = 3;
    private static final int ETHERNET_LENGTH = 14;
    private static final int FRAMES = 20;

    @Test
    void shouldStayUpWhenTheKernelCannotHandOverAGuestsFrame() {
        try (TestNamespace host = new TestNamespace();
                NetworkNamespace namespace = NetworkNamespace.open(host.name());
                Tap guest = Tap.open("vm0", namespace, true);
                Switch weir = new Switch(TestPorts.workers(1))) {
            EventLog events = new EventLog();
            weir.listen(events);
            weir.start();
            weir.addPort(TestPorts.packet("vm", host, "vm0"));
            try (Guest other = new Guest(weir, host, "b", Guest.Attachment.TAP)) {
                for (int i = 0; i < FRAMES; i++) {
                    assertTrue(write(guest, udpOf(2000), UDP_FRAGMENTATION) > 0, "the tap takes the frame");
                }
                byte[] good = TestFrames.numbered(TestFrames.BROADCAST, TestFrames.MAC_A, 1);
                assertTrue(write(guest, good, VirtioNetHeader.GSO_NONE) > 0);

                other.socket().expect(good);
                PortStatus vm = SwitchLaws.status(weir, "vm");
                assertEquals(PortStatus.State.UP, vm.state());
                assertTrue(vm.counters().kernelDrops() > 0, "frames that could not be received are counted");
            }
        }
    }

    private static long write(Tap guest, byte[] frame, int gsoType) {
        int length = VirtioNetHeader.LENGTH + frame.length;
        long memory = Memory.map(length);
        VirtioNetHeader header = new VirtioNetHeader().wrapBefore(memory + VirtioNetHeader.LENGTH);
        boolean plain = gsoType == VirtioNetHeader.GSO_NONE;
        int start = ETHERNET_LENGTH + 20;
        header.set(
                plain ? 0 : VirtioNetHeader.NEEDS_CHECKSUM,
                gsoType,
                0,
                plain ? 0 : 1000,
                plain ? 0 : start,
                plain ? 0 : 6);
        Memory.copy(frame, 0, memory + VirtioNetHeader.LENGTH, frame.length);
        long written = Syscall.write(guest.fd(), memory, length);
        Memory.unmap(memory, length);
        return written;
    }

    /** An IPv4 UDP packet with that much payload, to everyone. */
    private static byte[] udpOf(int payloadBytes) {
        byte[] frame = new byte[ETHERNET_LENGTH + 28 + payloadBytes];
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        bytes.putShort((short) 0xFFFF)
                .putInt(0xFFFF_FFFF)
                .putShort((short) 0x0200)
                .putInt(0x5E551010);
        bytes.putShort((short) 0x0800);
        bytes.putShort((short) 0x4500)
                .putShort((short) (28 + payloadBytes))
                .putInt(0)
                .putShort((short) 0x4011);
        bytes.putShort((short) 0).putInt(0x0A000001).putInt(0x0AFFFFFF);
        bytes.putShort((short) 5000)
                .putShort((short) 9)
                .putShort((short) (8 + payloadBytes))
                .putShort((short) 0);
        return frame;
    }
}
