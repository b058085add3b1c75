package io.weir.datapath.bridge;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.bridge.TestSwitch.Bridge;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.BridgeSettings.MulticastRouter;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.VlanSettings;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * IGMP and MLD snooping together with the bridge stage, modelled on the kernel's selftests bridge_igmp and bridge_mld. Ports: 0
 * a router, 1 and 2 listeners, 3 a bystander.
 */
@Timeout(value = 10, unit = TimeUnit.SECONDS)
class SnoopingStageTest {
    private static final int ROUTER = 0;
    private static final int GROUP = Frames.address4("239.1.2.3");
    private static final int OTHER_GROUP_SAME_MAC = Frames.address4("239.129.2.3");
    private static final int ALL_HOSTS = Frames.address4("224.0.0.1");
    private static final int ALL_ROUTERS = Frames.address4("224.0.0.2");
    private static final int ALL_V3_ROUTERS = Frames.address4("224.0.0.22");
    private static final int ROUTER_IP = Frames.address4("10.0.0.1");
    private static final int HOST_IP = Frames.address4("10.0.0.5");
    private static final byte[] GROUP6 = Frames.address6("ff15::1:2:3");
    private static final byte[] ALL_NODES6 = Frames.address6("ff02::1");
    private static final byte[] ALL_ROUTERS6 = Frames.address6("ff02::2");
    private static final byte[] ALL_V2_ROUTERS6 = Frames.address6("ff02::16");
    private static final byte[] NOBODY6 = Frames.address6("::");
    private static final byte[] LINK_LOCAL6 = Frames.address6("fe80::a");

    private final UpdateLog log = new UpdateLog();
    private final MulticastTable groups = new MulticastTable(64, 0x5EED, log);
    private TestSwitch on = new TestSwitch();

    @BeforeEach
    void fourPorts() {
        on = new TestSwitch().ports(4);
    }

    private PortSet send(int port, byte[] frame) {
        return send(1, port, frame);
    }

    private PortSet send(int vlan, int port, byte[] frame) {
        on.receiveIn(vlan, port, frame);
        stage(on).process(on.batch);
        new BridgeStage(on.ports, on.macs, on.blocks).process(on.batch);
        return on.egress(0);
    }

    private SnoopingStage stage(TestSwitch of) {
        return new SnoopingStage(of.ports, groups, of.settings);
    }

    private PortSet query() {
        return send(ROUTER, Frames.igmp(Frames.HOST_C, ROUTER_IP, ALL_HOSTS, Frames.igmpV2(0x11, 100, 0)));
    }

    private PortSet join(int port, int group) {
        return send(port, Frames.igmp(Frames.HOST_A, HOST_IP, group, Frames.igmpV2(0x16, 0, group)));
    }

    private PortSet leave(int port, int group) {
        return send(port, Frames.igmp(Frames.HOST_A, HOST_IP, ALL_ROUTERS, Frames.igmpV2(0x17, 0, group)));
    }

    private PortSet reportV3(int port, int type, int... sources) {
        return send(
                port, Frames.igmp(Frames.HOST_A, HOST_IP, ALL_V3_ROUTERS, Frames.igmpV3Report(type, GROUP, sources)));
    }

    private PortSet data(int group) {
        return send(3, Frames.udp4(Frames.HOST_B, HOST_IP, group));
    }

    private PortSet query6() {
        return send(ROUTER, Frames.mld(Frames.HOST_C, LINK_LOCAL6, ALL_NODES6, Frames.mldV1(130, 10_000, NOBODY6)));
    }

    private PortSet join6(int port) {
        return send(port, Frames.mld(Frames.HOST_A, LINK_LOCAL6, GROUP6, Frames.mldV1(131, 0, GROUP6)));
    }

    private PortSet reportV2Of6(int port, int type, byte[]... sources) {
        byte[] message = Frames.mldV2Report(type, GROUP6, sources);
        return send(port, Frames.mld(Frames.HOST_A, LINK_LOCAL6, ALL_V2_ROUTERS6, message));
    }

    private PortSet data6() {
        return send(3, Frames.udp6(Frames.HOST_B, LINK_LOCAL6, GROUP6));
    }

    @Test
    void shouldFloodEverythingWhileNoQuerierIsHeard() {
        join(1, GROUP);

        assertEquals(TestSwitch.set(0, 1, 2), data(GROUP));
    }

    @Test
    void shouldFloodQueriesAndSendReportsToRoutersOnly() {
        PortSet earlyReport = join(1, GROUP);
        PortSet query = query();
        PortSet report = join(1, GROUP);
        PortSet leave = leave(1, GROUP);

        assertEquals(TestSwitch.set(0, 2, 3), earlyReport);
        assertEquals(TestSwitch.set(1, 2, 3), query);
        assertEquals(TestSwitch.set(ROUTER), report);
        assertEquals(TestSwitch.set(ROUTER), leave);
    }

    @Test
    void shouldSendAGroupToMembersAndRoutersOnly() {
        query();
        join(1, GROUP);

        assertEquals(TestSwitch.set(ROUTER, 1), data(GROUP));
    }

    @Test
    void shouldSendAGroupWithoutMembersToRoutersOnly() {
        query();

        assertEquals(TestSwitch.set(ROUTER), data(GROUP));
    }

    @Test
    void shouldTellGroupsApartThatShareAMacAddress() {
        query();
        join(1, GROUP);

        assertEquals(Frames.groupMac4(GROUP), Frames.groupMac4(OTHER_GROUP_SAME_MAC));
        assertEquals(TestSwitch.set(ROUTER), data(OTHER_GROUP_SAME_MAC));
    }

    @Test
    void shouldUnderstandVersion1Reports() {
        query();
        send(1, Frames.igmp(Frames.HOST_A, HOST_IP, GROUP, Frames.igmpV2(0x12, 0, GROUP)));

        assertEquals(TestSwitch.set(ROUTER, 1), data(GROUP));
    }

    @Test
    void shouldUnderstandVersion3Reports() {
        int isInclude = 1;
        int isExclude = 2;
        int toInclude = 3;
        int toExclude = 4;
        int allow = 5;
        int block = 6;
        query();

        for (int type : new int[] {isExclude, toExclude}) {
            reportV3(1, type);
            assertEquals(TestSwitch.set(ROUTER, 1), data(GROUP), "type " + type);
            groups.leave(1, 0, InternetAddresses.ipv4Low(GROUP), 1);
        }
        for (int type : new int[] {isInclude, toInclude, allow}) {
            reportV3(1, type, HOST_IP);
            assertEquals(TestSwitch.set(ROUTER, 1), data(GROUP), "type " + type);
            groups.leave(1, 0, InternetAddresses.ipv4Low(GROUP), 1);
        }
        reportV3(1, block, HOST_IP);
        reportV3(1, allow);
        reportV3(1, isInclude);
        reportV3(1, 77);
        assertEquals(0, groups.memberships());
    }

    @Test
    void shouldEndAMembershipAfterTheLastMemberTimeUnlessSomebodyReports() {
        query();
        join(1, GROUP);
        join(2, GROUP);
        leave(1, GROUP);
        leave(2, GROUP);
        join(2, GROUP);

        on.nowNs += TestSwitch.SECOND_NS;
        PortSet before = data(GROUP);
        on.nowNs += TestSwitch.SECOND_NS;
        PortSet after = data(GROUP);

        assertEquals(TestSwitch.set(ROUTER, 1, 2), before);
        assertEquals(TestSwitch.set(ROUTER, 2), after);
    }

    @Test
    void shouldEndAMembershipAtOnceWithFastLeave() {
        on.replacePort(1, Bridge.with().fastLeave().done());
        query();
        join(1, GROUP);

        leave(1, GROUP);

        assertEquals(TestSwitch.set(ROUTER), data(GROUP));
    }

    @Test
    void shouldEndMembershipsThatDoNotAnswerAGroupQuery() {
        query();
        join(1, GROUP);
        join(2, GROUP);
        int oneSecond = 10;
        send(ROUTER, Frames.igmp(Frames.HOST_C, ROUTER_IP, GROUP, Frames.igmpV2(0x11, oneSecond, GROUP)));
        join(2, GROUP);

        on.nowNs += 2 * TestSwitch.SECOND_NS;

        assertEquals(TestSwitch.set(ROUTER, 2), data(GROUP));
    }

    @Test
    void shouldForgetMembersRoutersAndQueriersInTime() {
        query();
        join(1, GROUP);
        on.nowNs += MulticastTable.QUERIER_NS - 1;
        PortSet routerStillThere = data(GROUP);
        on.nowNs += 2 * TestSwitch.SECOND_NS;
        PortSet noQuerier = data(GROUP);
        on.nowNs += MulticastTable.MEMBERSHIP_NS;
        query();
        PortSet noMember = data(GROUP);

        assertEquals(TestSwitch.set(ROUTER, 1), routerStillThere);
        assertEquals(TestSwitch.set(0, 1, 2), noQuerier);
        assertEquals(TestSwitch.set(ROUTER), noMember);
        assertEquals(0, groups.groups());
    }

    @Test
    void shouldAlwaysFloodLinkLocalGroups() {
        query();
        query6();

        assertEquals(TestSwitch.set(0, 1, 2), data(Frames.address4("224.0.0.251")));
        byte[] mdns = Frames.udp6(Frames.HOST_B, LINK_LOCAL6, Frames.address6("ff02::fb"));
        assertEquals(TestSwitch.set(0, 1, 2), send(3, mdns));
    }

    @Test
    void shouldNotTakeAQueryWithoutSenderForARouter() {
        send(ROUTER, Frames.igmp(Frames.HOST_C, 0, ALL_HOSTS, Frames.igmpV2(0x11, 100, 0)));
        join(1, GROUP);

        assertEquals(TestSwitch.set(1), data(GROUP));
        assertEquals(TestSwitch.set(), data(OTHER_GROUP_SAME_MAC));
        assertEquals(DropReason.MULTICAST_NO_MEMBER, on.dropReason(0));
    }

    @Test
    void shouldNotTakeAQueryFromAPortBehindWhichNoRouterIs() {
        on.replacePort(ROUTER, Bridge.with().router(MulticastRouter.NEVER).done());
        on.replacePort(2, Bridge.with().router(MulticastRouter.ALWAYS).done());
        query();

        // No querier is known, so nothing is pruned.
        assertEquals(TestSwitch.set(0, 1, 2), data(GROUP));
    }

    @Test
    void shouldTakeAPimHelloForARouter() {
        int allPimRouters = Frames.address4("224.0.0.13");
        byte[] hello = {0x20, 0, 0, 0};
        query();
        byte[] packet = Frames.ipv4(ROUTER_IP, allPimRouters, 103, hello);
        send(2, Frames.ethernet(Frames.groupMac4(allPimRouters), Frames.HOST_C, 0x0800, packet));

        assertEquals(TestSwitch.set(ROUTER, 2), data(GROUP));
    }

    @Test
    void shouldKeepVlansApart() {
        on = new TestSwitch()
                .port(VlanSettings.trunk(0, 10, 20), BridgeSettings.DEFAULT)
                .port(VlanSettings.access(10), BridgeSettings.DEFAULT)
                .port(VlanSettings.access(20), BridgeSettings.DEFAULT)
                .port(VlanSettings.trunk(0, 10, 20), BridgeSettings.DEFAULT);
        byte[] query = Frames.igmp(Frames.HOST_C, ROUTER_IP, ALL_HOSTS, Frames.igmpV2(0x11, 100, 0));
        send(10, ROUTER, query);
        send(10, 1, Frames.igmp(Frames.HOST_A, HOST_IP, GROUP, Frames.igmpV2(0x16, 0, GROUP)));

        assertEquals(TestSwitch.set(ROUTER, 1), send(10, 3, Frames.udp4(Frames.HOST_B, HOST_IP, GROUP)));
        assertEquals(TestSwitch.set(ROUTER, 2), send(20, 3, Frames.udp4(Frames.HOST_B, HOST_IP, GROUP)));
    }

    @Test
    void shouldIgnoreMessagesWithAWrongChecksumOrLength() {
        query();
        byte[] report = Frames.igmp(Frames.HOST_A, HOST_IP, GROUP, Frames.igmpV2(0x16, 0, GROUP));
        report[report.length - 1] ^= 1;
        send(1, report);
        byte[] longCount = Frames.igmpV3Report(4, GROUP);
        longCount[10] = 0x7F;
        send(1, Frames.igmp(Frames.HOST_A, HOST_IP, ALL_V3_ROUTERS, longCount));
        send(1, Frames.igmp(Frames.HOST_A, HOST_IP, GROUP, new byte[] {0x16, 0, 0, 0}));

        assertEquals(0, groups.memberships());
    }

    @Test
    void shouldFloodUnicastPacketsInMulticastFrames() {
        query();
        byte[] loadBalanced = Frames.ethernet(
                Frames.groupMac4(GROUP), Frames.HOST_B, 0x0800, Frames.ipv4(HOST_IP, ROUTER_IP, 17, Frames.udp()));

        assertEquals(TestSwitch.set(0, 1, 2), send(3, loadBalanced));
    }

    @Test
    void shouldFloodWhenSnoopingIsOff() {
        SwitchSettings base = SwitchSettings.DEFAULT;
        on = new TestSwitch(new SwitchSettings(
                        1, base.idle(), null, 64, base.ageingNs(), false, 0, base.recoveryNs(), 8, List.of()))
                .ports(4);
        query();
        join(1, GROUP);

        assertEquals(TestSwitch.set(0, 1, 2), data(GROUP));
        assertEquals(0, groups.memberships());
    }

    @Test
    void shouldSnoopMldVersion1() {
        PortSet query = query6();
        PortSet report = join6(1);
        PortSet joined = data6();
        send(1, Frames.mld(Frames.HOST_A, LINK_LOCAL6, ALL_ROUTERS6, Frames.mldV1(132, 0, GROUP6)));
        on.nowNs += 2 * TestSwitch.SECOND_NS;

        assertEquals(TestSwitch.set(1, 2, 3), query);
        assertEquals(TestSwitch.set(ROUTER), report);
        assertEquals(TestSwitch.set(ROUTER, 1), joined);
        assertEquals(TestSwitch.set(ROUTER), data6());
    }

    @Test
    void shouldSnoopMldVersion2() {
        int toInclude = 3;
        int toExclude = 4;
        query6();

        reportV2Of6(1, toExclude);
        PortSet joined = data6();
        reportV2Of6(1, toInclude);
        on.nowNs += 2 * TestSwitch.SECOND_NS;
        PortSet left = data6();
        reportV2Of6(2, toInclude, LINK_LOCAL6);

        assertEquals(TestSwitch.set(ROUTER, 1), joined);
        assertEquals(TestSwitch.set(ROUTER), left);
        assertEquals(TestSwitch.set(ROUTER, 2), data6());
    }

    @Test
    void shouldIgnoreMldFromOffTheLinkOrDamaged() {
        byte[] farQuery = Frames.mld(
                Frames.HOST_C, Frames.address6("2001:db8::1"), ALL_NODES6, Frames.mldV1(130, 10_000, NOBODY6));
        byte[] damaged = Frames.mld(Frames.HOST_A, LINK_LOCAL6, GROUP6, Frames.mldV1(131, 0, GROUP6));
        damaged[damaged.length - 1] ^= 1;
        byte[] routed = Frames.ethernet(
                Frames.groupMac6(GROUP6),
                Frames.HOST_A,
                0x86DD,
                Frames.ipv6(LINK_LOCAL6, GROUP6, 2, true, Frames.mldV1(131, 0, GROUP6)));

        send(ROUTER, farQuery);
        send(1, damaged);
        send(1, routed);

        assertEquals(false, groups.querierHeard(1, MulticastTable.IPV6, on.nowNs));
        assertEquals(0, groups.memberships());
    }

    @Test
    void shouldTellOtherWorkersOnceOfEachChange() {
        query();
        query();
        join(1, GROUP);
        join(1, GROUP);
        on.replacePort(1, Bridge.with().fastLeave().done());
        leave(1, GROUP);
        leave(1, GROUP);

        assertEquals(List.of("querier 1 f0", "router p0 f0", "joined 1 p1", "left 1 p1"), log.lines);
    }

    @Test
    void shouldNotTouchPacketsAlreadyDroppedOrUnicast() {
        query();
        on.receiveIn(
                1,
                1,
                Frames.igmp(Frames.HOST_A, HOST_IP, GROUP, Frames.igmpV2(0x16, 0, GROUP)),
                Frames.plain(Frames.HOST_B, Frames.HOST_A));
        on.batch.drop(0, DropReason.MAC_FLAPPING.code());

        stage(on).process(on.batch);

        assertEquals(0, groups.memberships());
        assertEquals(PacketBatch.EGRESS_UNDECIDED, on.batch.egressPort(1));
    }
}
