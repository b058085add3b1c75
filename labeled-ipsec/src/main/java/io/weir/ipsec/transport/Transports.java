package io.weir.ipsec.transport;

import org.jspecify.annotations.Nullable;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;

import io.weir.datapath.port.PortException;
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
     * @throws PortException when the kernel refuses its socket, or the machine lacks what it needs
     */
    public static DatagramTransport open(TransportSettings settings) {
        try {
            return settings.encapsulation() == Encapsulation.RAW ? MessageTransport.raw(settings) : udp(settings);
        } catch (KernelException e) {
            throw new PortException("peer \"" + settings.peer() + "\": " + e.reason(), e.remedy());
        }
    }

    private static DatagramTransport udp(TransportSettings settings) {
        return switch (settings.transport()) {
            case AUTO, SOCKET -> MessageTransport.socket(settings);
            case IO_URING -> {
                require(settings, "io_uring", IoUring.isAvailable(), IoUring.unavailabilityCause());
                yield MessageTransport.ioUring(settings);
            }
            case EPOLL -> {
                require(settings, "epoll", Epoll.isAvailable(), Epoll.unavailabilityCause());
                yield EpollTransport.open(settings);
            }
        };
    }

    private static void require(TransportSettings settings, String name, boolean available, @Nullable Throwable cause) {
        if (!available) {
            throw new PortException(
                    "peer \"" + settings.peer() + "\": transport " + name + " is not available on this machine: "
                            + cause,
                    "allow it (`sysctl kernel.io_uring_disabled=0`), or set transport: socket");
        }
    }
}
