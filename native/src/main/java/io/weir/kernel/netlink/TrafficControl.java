package io.weir.kernel.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.weir.kernel.Errno;

/**
 * The ingress drop: a classic BPF program of one instruction behind the packet sockets, so that the host's own stack
 * gets nothing from an interface whose frames the switch takes.
 *
 * <p>Preference and handle are fixed, so a restart finds and replaces the filter of a killed predecessor (the kernel keeps no name
 * for a classic program, hence the handle is the mark). The handle also remembers, across processes, who made the clsact qdisc:
 * {@link #HANDLE_OWN_QDISC} when Weir did.
 *
 * <p>Threading: as the socket.
 */
final class TrafficControl {
    static final String DROP_NAME = "weir-drop";
    static final int PREFERENCE = 1;
    static final int HANDLE_OWN_QDISC = 0x5745_0001; // "WE", so that no other tool's filter is mistaken for it
    static final int HANDLE_FOREIGN_QDISC = 0x5745_0002;

    private static final int RTM_NEWQDISC = 36;
    private static final int RTM_DELQDISC = 37;
    private static final int RTM_NEWTFILTER = 44;
    private static final int RTM_DELTFILTER = 45;
    private static final int RTM_GETTFILTER = 46;

    private static final int CLSACT_HANDLE = 0xffff_0000;
    private static final int CLSACT_PARENT = 0xffff_fff1;
    private static final int INGRESS_PARENT = 0xffff_fff2;
    private static final int EGRESS_PARENT = 0xffff_fff3;
    private static final int ETH_P_ALL_BIG_ENDIAN = 0x0300;
    private static final int HEADER_LENGTH = 20;

    private static final int TCA_KIND = 1;
    private static final int TCA_OPTIONS = 2;
    private static final int TCA_BPF_CLASSID = 3;
    private static final int TCA_BPF_OPS_LEN = 4;
    private static final int TCA_BPF_OPS = 5;
    private static final int TCA_BPF_NAME = 7;
    private static final int TCA_BPF_FLAGS = 8;
    private static final int TCA_BPF_FLAG_ACT_DIRECT = 1;

    private static final int BPF_RETURN_CONSTANT = 0x06;
    private static final int TC_ACT_SHOT = 2;

    private final NetlinkSocket socket;

    TrafficControl(NetlinkSocket socket) {
        this.socket = socket;
    }

    int addClsact(int ifIndex) {
        int flags = NetlinkRequest.FLAG_ACK | NetlinkRequest.FLAG_CREATE | NetlinkRequest.FLAG_EXCLUSIVE;
        return socket.send(request(RTM_NEWQDISC, flags, ifIndex, CLSACT_HANDLE, CLSACT_PARENT, 0)
                .attribute(TCA_KIND, "clsact"));
    }

    int addIngressDrop(int ifIndex, int note) {
        IngressFilter existing = existing(ifIndex);
        int handle = existing == null ? 0 : existing.handle();
        int kept = existing == null || existing.note() == 0 ? note : existing.note();
        if (handle == 0) {
            int made = addClsact(ifIndex);
            if (made < 0 && made != -Errno.EEXIST) {
                return made;
            }
            handle = made == 0 ? HANDLE_OWN_QDISC : HANDLE_FOREIGN_QDISC;
        }
        return replaceDrop(ifIndex, handle, kept);
    }

    private int replaceDrop(int ifIndex, int handle, int note) {
        int flags = NetlinkRequest.FLAG_ACK | NetlinkRequest.FLAG_CREATE | NetlinkRequest.FLAG_REPLACE;
        NetlinkRequest request = filter(RTM_NEWTFILTER, flags, ifIndex, handle).attribute(TCA_KIND, "bpf");
        int options = request.begin(TCA_OPTIONS);
        if (note != 0) {
            // A class to count the frame under; dropped frames have none, so the number is free to carry the note.
            request.attribute(TCA_BPF_CLASSID, note);
        }
        request.attribute16(TCA_BPF_OPS_LEN, 1)
                .attribute(TCA_BPF_OPS, dropProgram())
                .attribute(TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT)
                .end(options);
        return socket.send(request);
    }

    // struct sock_filter { u16 code; u8 jump_true; u8 jump_false; u32 k; }
    private static byte[] dropProgram() {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .putShort((short) BPF_RETURN_CONSTANT)
                .putShort((short) 0)
                .putInt(TC_ACT_SHOT)
                .array();
    }

    int removeIngressDrop(int ifIndex) {
        IngressFilter existing = existing(ifIndex);
        if (existing == null) {
            return -Errno.ENOENT;
        }
        int handle = existing.handle();
        int removed = socket.send(
                filter(RTM_DELTFILTER, NetlinkRequest.FLAG_ACK, ifIndex, handle).attribute(TCA_KIND, "bpf"));
        boolean unused = filters(ifIndex, INGRESS_PARENT).isEmpty()
                && filters(ifIndex, EGRESS_PARENT).isEmpty();
        if (removed < 0 || handle != HANDLE_OWN_QDISC || !unused) {
            return removed;
        }
        return socket.send(request(RTM_DELQDISC, NetlinkRequest.FLAG_ACK, ifIndex, CLSACT_HANDLE, CLSACT_PARENT, 0)
                .attribute(TCA_KIND, "clsact"));
    }

    List<IngressFilter> ingressFilters(int ifIndex) {
        return filters(ifIndex, INGRESS_PARENT);
    }

    /** Empty also when there is no clsact qdisc at all. */
    private List<IngressFilter> filters(int ifIndex, int parent) {
        List<IngressFilter> filters = new ArrayList<>();
        socket.exchange(request(RTM_GETTFILTER, NetlinkRequest.FLAG_DUMP, ifIndex, 0, parent, 0), (type, body) -> {
            // A classifier without filters, and the head of each list, come with handle 0.
            if (type == RTM_NEWTFILTER && body.getInt(8) != 0) {
                filters.add(decode(body));
            }
        });
        return filters;
    }

    private static IngressFilter decode(ByteBuffer body) {
        Attributes attributes = new Attributes(body.slice(HEADER_LENGTH, body.limit() - HEADER_LENGTH));
        String kind = attributes.text(TCA_KIND);
        if (!kind.equals("bpf")) {
            return new IngressFilter(kind, "", body.getInt(16) >>> 16, body.getInt(8), 0);
        }
        int handle = body.getInt(8);
        boolean own = handle == HANDLE_OWN_QDISC || handle == HANDLE_FOREIGN_QDISC;
        Attributes options = attributes.nested(TCA_OPTIONS);
        int note = own ? options.int32(TCA_BPF_CLASSID, 0) : 0;
        String name = own ? DROP_NAME : options.text(TCA_BPF_NAME);
        return new IngressFilter(kind, name, body.getInt(16) >>> 16, handle, note);
    }

    /** Weir's drop on the interface, null when there is none. */
    @Nullable
    IngressFilter existing(int ifIndex) {
        for (IngressFilter filter : ingressFilters(ifIndex)) {
            if (filter.preference() == PREFERENCE && filter.name().equals(DROP_NAME)) {
                return filter;
            }
        }
        return null;
    }

    private static NetlinkRequest filter(int type, int flags, int ifIndex, int handle) {
        return request(type, flags, ifIndex, handle, INGRESS_PARENT, PREFERENCE << 16 | ETH_P_ALL_BIG_ENDIAN);
    }

    // struct tcmsg { u8 family; u8 pad; u16 pad; i32 ifindex; u32 handle; u32 parent; u32 info; }
    private static NetlinkRequest request(int type, int flags, int ifIndex, int handle, int parent, int info) {
        return new NetlinkRequest(type, flags)
                .int32(0)
                .int32(ifIndex)
                .int32(handle)
                .int32(parent)
                .int32(info);
    }
}
