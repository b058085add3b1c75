package io.weir.control.access;

import java.util.HashMap;
import java.util.Map;

import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;

import io.weir.control.v1.CaptureServiceGrpc;
import io.weir.control.v1.FlowServiceGrpc;
import io.weir.control.v1.GrantServiceGrpc;
import io.weir.control.v1.PolicyServiceGrpc;
import io.weir.control.v1.PortServiceGrpc;
import io.weir.control.v1.TunnelServiceGrpc;

import static io.weir.control.access.Role.ADMIN;
import static io.weir.control.access.Role.OPERATOR;
import static io.weir.control.access.Role.VIEWER;

/**
 * The role that each method needs, in one list: what reads is for viewers, what changes the switch or sees the content of frames
 * for operators, what decides who can read frames on their way for admins. A method that is not here needs an admin, so that a
 * forgotten one is closed, not open.
 */
public final class MethodRoles {
    private static final Map<String, Role> ROLES = new HashMap<>();

    static {
        service(HealthGrpc.getServiceDescriptor(), VIEWER);
        service(ServerReflectionGrpc.getServiceDescriptor(), VIEWER);

        method(PortServiceGrpc.getListPortsMethod(), VIEWER);
        method(PortServiceGrpc.getListMacsMethod(), VIEWER);
        method(PortServiceGrpc.getListGroupsMethod(), VIEWER);
        method(PortServiceGrpc.getGetStatisticsMethod(), VIEWER);
        method(PortServiceGrpc.getWatchEventsMethod(), VIEWER);
        method(PortServiceGrpc.getAddPortMethod(), OPERATOR);
        method(PortServiceGrpc.getChangePortMethod(), OPERATOR);
        method(PortServiceGrpc.getRemovePortMethod(), OPERATOR);
        method(PortServiceGrpc.getFlushMacsMethod(), OPERATOR);

        method(CaptureServiceGrpc.getCaptureMethod(), OPERATOR);
        method(CaptureServiceGrpc.getReplayMethod(), OPERATOR);

        method(PolicyServiceGrpc.getValidateMethod(), VIEWER);
        method(PolicyServiceGrpc.getHistoryMethod(), VIEWER);
        method(PolicyServiceGrpc.getGetRevisionMethod(), VIEWER);
        method(PolicyServiceGrpc.getDiffMethod(), VIEWER);
        method(PolicyServiceGrpc.getExplainMethod(), VIEWER);
        method(PolicyServiceGrpc.getListComponentsMethod(), VIEWER);
        method(PolicyServiceGrpc.getListQuarantinesMethod(), VIEWER);
        method(PolicyServiceGrpc.getApplyMethod(), OPERATOR);
        method(PolicyServiceGrpc.getConfirmMethod(), OPERATOR);
        method(PolicyServiceGrpc.getRollbackMethod(), OPERATOR);
        method(PolicyServiceGrpc.getSetModeMethod(), OPERATOR);
        method(PolicyServiceGrpc.getQuarantineMethod(), OPERATOR);
        method(PolicyServiceGrpc.getReleaseMethod(), OPERATOR);

        method(FlowServiceGrpc.getFlowsMethod(), VIEWER);
        method(FlowServiceGrpc.getMapMethod(), VIEWER);
        method(FlowServiceGrpc.getDeniesMethod(), VIEWER);
        method(FlowServiceGrpc.getSessionsMethod(), VIEWER);
        method(FlowServiceGrpc.getFlushSessionsMethod(), OPERATOR);
        method(GrantServiceGrpc.getListMethod(), VIEWER);
        method(GrantServiceGrpc.getCreateMethod(), OPERATOR);
        method(GrantServiceGrpc.getRevokeMethod(), OPERATOR);

        method(TunnelServiceGrpc.getListTunnelsMethod(), VIEWER);
        method(TunnelServiceGrpc.getListSasMethod(), VIEWER);
        method(TunnelServiceGrpc.getAddSaMethod(), ADMIN);
        method(TunnelServiceGrpc.getRemoveSaMethod(), ADMIN);
    }

    private MethodRoles() {}

    private static void method(MethodDescriptor<?, ?> method, Role needed) {
        ROLES.put(method.getFullMethodName(), needed);
    }

    private static void service(ServiceDescriptor service, Role needed) {
        service.getMethods().forEach(method -> method(method, needed));
    }

    /** The role that a method needs, such as {@code weir.v1.PortService/ListPorts}. */
    public static Role needed(String fullMethodName) {
        return ROLES.getOrDefault(fullMethodName, ADMIN);
    }

    /** Whether the method stands in the list. */
    static boolean lists(String fullMethodName) {
        return ROLES.containsKey(fullMethodName);
    }
}
