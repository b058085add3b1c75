package io.weir.ipsec.transport;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;

import io.weir.datapath.port.PortException;
import io.weir.kernel.Errno;
import io.weir.kernel.KernelException;

/**
 * Opens transports.
 *
 * <p>Threading: any thread; sockets belong to the calling thread's network namespace.
 */
public final class Transports {
    private Transports() {}

    /**
     * The transport that the settings name.
     *
     * @throws PortException when the kernel refuses its socket, or the machine lacks what it needs; {@link PortException#deviceMissing}
     *     when nothing is wrong but that there is no route to the peer yet
     */
    public static DatagramTransport open(TransportSettings settings) {
        try {
            return settings.encapsulation() == Encapsulation.RAW ? MessageTransport.raw(settings) : udp(settings);
        } catch (KernelException e) {
            String reason = "peer \"" + settings.peer() + "\": " + e.reason();
            throw unreachable(e)
                    ? PortException.deviceMissing(reason, e.remedy() + ": the port comes up with it")
                    : new PortException(reason, e.remedy());
        }
    }

    private static boolean unreachable(KernelException e) {
        return e.errno() == -Errno.ENETUNREACH || e.errno() == -Errno.EHOSTUNREACH;
    }

    /**
     * AUTO is the fastest where they were compared, twice, by {@code io.weir.perf.transport.TransportRates} on Linux 6.18 (2 cores,
     * busy with other work): a core that sends and receives 1,452-byte segments over veth does 57 Gbit/s by system calls, 51 to 57
     * by io_uring and 31 to 37 by epoll, and 0.31 to 0.34, 0.26 to 0.30 and 0.22 to 0.24 million datagrams of 64 bytes a second.
     * Only system calls allocate nothing.
     */
    private static DatagramTransport udp(TransportSettings settings) {
        return switch (settings.transport()) {
            case AUTO, SOCKET -> MessageTransport.socket(settings);
            case IO_URING -> {
                require(settings, IoUring.isAvailable(), IoUring.unavailabilityCause());
                yield MessageTransport.ioUring(settings);
            }
            case EPOLL -> {
                require(settings, Epoll.isAvailable(), Epoll.unavailabilityCause());
                yield EpollTransport.open(settings);
            }
        };
    }

    private static void require(TransportSettings settings, boolean available, @Nullable Throwable cause) {
        if (!available) {
            String name = settings.transport().name().toLowerCase(Locale.ROOT);
            String why = cause == null ? "" : ": " + cause.getMessage();
            throw new PortException(
                    "peer \"" + settings.peer() + "\": transport " + name + " is not available on this machine" + why,
                    "set transport: auto, or allow it (io_uring: `sysctl kernel.io_uring_disabled=0`)");
        }
    }
}
