package io.weir.perf.compare;

import io.weir.perf.compare.Testbed.Place;

/** {@code ip link type bridge} over two veth pairs: the kernel's own switch. */
final class LinuxBridge implements Contender {
    @Override
    public void start(Testbed testbed) {
        testbed.connectByVeth();
        testbed.ip(Place.SWITCH, "link", "add", "br0", "type", "bridge", "stp_state", "0", "forward_delay", "0");
        for (String device : new String[] {"va", "vb"}) {
            testbed.ip(Place.SWITCH, "link", "set", device, "master", "br0");
        }
        testbed.ip(Place.SWITCH, "link", "set", "br0", "up");
    }
}
