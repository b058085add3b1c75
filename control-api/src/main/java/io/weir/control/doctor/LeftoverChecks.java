package io.weir.control.doctor;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.weir.kernel.KernelException;
import io.weir.kernel.netlink.Link;
import io.weir.kernel.netlink.RouteNetlink;

/**
 * What daemons that were killed left behind. None of it blocks a restart, but an interface that is no port any more stays deaf
 * towards the host.
 */
final class LeftoverChecks {
    private static final String FILTER_NAME = "weir-drop";

    private LeftoverChecks() {}

    static List<Finding> all(Path socketFolder, Set<String> liveDevices) {
        return List.of(sockets(socketFolder), filters(liveDevices));
    }

    static Finding sockets(Path folder) {
        List<String> dead = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> sockets = Files.newDirectoryStream(folder, "*.sock")) {
                for (Path socket : sockets) {
                    if (!answers(socket)) {
                        dead.add(socket.toString());
                    }
                }
            } catch (IOException unreadable) {
                return Finding.warn("dead-sockets", folder + " cannot be read: " + unreadable, "start as root");
            }
        }
        return dead.isEmpty()
                ? Finding.ok("dead-sockets", "none in " + folder)
                : Finding.warn(
                        "dead-sockets",
                        String.join(", ", dead),
                        "start the daemon again, which takes the socket over, or remove the file");
    }

    private static boolean answers(Path socket) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return channel.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    private static Finding filters(Set<String> liveDevices) {
        List<String> deaf = new ArrayList<>();
        try (RouteNetlink netlink = RouteNetlink.open(null)) {
            for (Link link : netlink.links()) {
                if (!liveDevices.contains(link.name()) && isDeaf(netlink, link)) {
                    deaf.add(link.name());
                }
            }
        } catch (KernelException refused) {
            return Finding.warn("dead-filters", "cannot be read: " + refused.getMessage(), "start as root");
        }
        return deaf.isEmpty()
                ? Finding.ok("dead-filters", "no interface drops for a daemon that is gone")
                : Finding.warn(
                        "dead-filters",
                        String.join(", ", deaf) + ": a dead daemon's filter drops what comes in",
                        "start the daemon again, or tc qdisc del dev DEVICE clsact");
    }

    private static boolean isDeaf(RouteNetlink netlink, Link link) {
        return netlink.ingressFilters(link.index()).stream()
                .anyMatch(filter -> filter.name().equals(FILTER_NAME));
    }
}
