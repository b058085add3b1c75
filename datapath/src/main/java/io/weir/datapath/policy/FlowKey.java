package io.weir.datapath.policy;

/**
 * One flow in the direction of its first packet, as the evaluator sees it: where it enters and leaves, and the addresses of
 * link, network and transport layer. Filled anew for each question.
 *
 * <p>Addresses are two longs in network order; an IPv4 address stands as {@code ::ffff:a.b.c.d} (RFC 4291 section 2.5.5.2),
 * and a flow that is not IP has zeros and protocol -1.
 *
 * <p>Threading: owned by one thread.
 */
public final class FlowKey {
    /** {@link #protocol}: the frame is not IP. */
    public static final int NOT_IP = -1;

    /** {@link #ingressPort}, {@link #egressPort}: a port that the policy does not know. */
    public static final int NO_PORT = 0;

    private int ingressPort;
    private int egressPort;
    private PortRole ingressRole = PortRole.VM;
    private PortRole egressRole = PortRole.VM;
    private PolicyMode ingressMode = PolicyMode.ENFORCE;
    private boolean fromRouter;
    private PolicyMode egressMode = PolicyMode.ENFORCE;
    private int label;
    private int vlan;
    private int etherType;
    private long sourceMac;
    private long destinationMac;
    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;
    private int protocol = NOT_IP;
    private int sourcePort;
    private int destinationPort;

    /** Clears everything: no ports (of role VM, enforcing, no router), VLAN 0, not IP. */
    public FlowKey clear() {
        return ingress(NO_PORT, PortRole.VM, PolicyMode.ENFORCE)
                .fromRouter(false)
                .egress(NO_PORT, PortRole.VM, PolicyMode.ENFORCE)
                .label(0)
                .link(0, 0, 0, 0)
                .source(0, 0)
                .destination(0, 0)
                .transport(NOT_IP, 0, 0);
    }

    /**
     * The port the flow enters by.
     *
     * @param port the policy's number of it: {@link Policy#portId}
     * @param mode under which the source's side is judged
     */
    public FlowKey ingress(int port, PortRole role, PolicyMode mode) {
        ingressPort = port;
        ingressRole = role;
        ingressMode = mode;
        return this;
    }

    /** Whether who is behind the ingress port may send on behalf of others; matters to {@link Policy#guard} only. */
    public FlowKey fromRouter(boolean router) {
        fromRouter = router;
        return this;
    }

    /** The port the flow leaves by; under its mode the destination's side is judged. */
    public FlowKey egress(int port, PortRole role, PolicyMode mode) {
        egressPort = port;
        egressRole = role;
        egressMode = mode;
        return this;
    }

    /**
     * Number of the security level that the packet itself proves, by the SA it arrived on or a wire label that its port trusts; 0
     * when it proves none, and the source's own level counts: {@link Levels}.
     */
    public FlowKey label(int level) {
        label = level;
        return this;
    }

    /** MAC addresses in the low 48 bits, VLAN 1 to 4094, EtherType behind all tags. */
    public FlowKey link(long sourceMac, long destinationMac, int vlan, int etherType) {
        this.sourceMac = sourceMac;
        this.destinationMac = destinationMac;
        this.vlan = vlan;
        this.etherType = etherType;
        return this;
    }

    public FlowKey source(long high, long low) {
        sourceHigh = high;
        sourceLow = low;
        return this;
    }

    public FlowKey destination(long high, long low) {
        destinationHigh = high;
        destinationLow = low;
        return this;
    }

    /**
     * Protocol and ports. For ICMP and ICMPv6 the source port is the identifier of an echo (else 0), and the destination port
     * is {@code type << 8 | code}. Protocols without ports have zeros.
     */
    public FlowKey transport(int protocol, int sourcePort, int destinationPort) {
        this.protocol = protocol;
        this.sourcePort = sourcePort;
        this.destinationPort = destinationPort;
        return this;
    }

    /** Makes this key equal to the other. */
    public FlowKey copyFrom(FlowKey other) {
        return ingress(other.ingressPort, other.ingressRole, other.ingressMode)
                .fromRouter(other.fromRouter)
                .egress(other.egressPort, other.egressRole, other.egressMode)
                .label(other.label)
                .link(other.sourceMac, other.destinationMac, other.vlan, other.etherType)
                .source(other.sourceHigh, other.sourceLow)
                .destination(other.destinationHigh, other.destinationLow)
                .transport(other.protocol, other.sourcePort, other.destinationPort);
    }

    public int ingressPort() {
        return ingressPort;
    }

    public int egressPort() {
        return egressPort;
    }

    public boolean fromRouter() {
        return fromRouter;
    }

    public PortRole ingressRole() {
        return ingressRole;
    }

    public PortRole egressRole() {
        return egressRole;
    }

    public PolicyMode ingressMode() {
        return ingressMode;
    }

    public PolicyMode egressMode() {
        return egressMode;
    }

    /** Number of a security level, 0 for none. */
    public int label() {
        return label;
    }

    public int vlan() {
        return vlan;
    }

    public int etherType() {
        return etherType;
    }

    public long sourceMac() {
        return sourceMac;
    }

    public long destinationMac() {
        return destinationMac;
    }

    public long sourceHigh() {
        return sourceHigh;
    }

    public long sourceLow() {
        return sourceLow;
    }

    public long destinationHigh() {
        return destinationHigh;
    }

    public long destinationLow() {
        return destinationLow;
    }

    /** IP protocol, or {@link #NOT_IP}. */
    public int protocol() {
        return protocol;
    }

    /** 0 to 65,535. */
    public int sourcePort() {
        return sourcePort;
    }

    /** 0 to 65,535. */
    public int destinationPort() {
        return destinationPort;
    }
}
