package io.weir.control.access;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class MethodRolesTest {
    private static final String CONTRACT = "io.weir.control.v1";

    /** Methods of every service that the contract generates, whether or not the daemon serves it yet. */
    private static List<String> contractMethods() throws ReflectiveOperationException {
        List<String> methods = new ArrayList<>();
        for (JavaClass type : new ClassFileImporter().importPackages(CONTRACT)) {
            if (type.getSimpleName().endsWith("Grpc")) {
                Method descriptor = Class.forName(type.getName()).getMethod("getServiceDescriptor");
                ServiceDescriptor service = (ServiceDescriptor) descriptor.invoke(null);
                service.getMethods().stream()
                        .map(MethodDescriptor::getFullMethodName)
                        .forEach(methods::add);
            }
        }
        return methods;
    }

    @Test
    void shouldListEveryMethodOfTheContract() throws ReflectiveOperationException {
        List<String> methods = contractMethods();

        assertTrue(methods.contains("weir.v1.PortService/ListPorts"), methods::toString);
        List<String> forgotten =
                methods.stream().filter(method -> !MethodRoles.lists(method)).toList();
        assertEquals(List.of(), forgotten, "say in MethodRoles which role each needs");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            weir.v1.PortService/ListPorts,                                VIEWER
            weir.v1.PortService/WatchEvents,                              VIEWER
            weir.v1.PortService/AddPort,                                  OPERATOR
            weir.v1.PortService/FlushMacs,                                OPERATOR
            weir.v1.CaptureService/Capture,                               OPERATOR
            weir.v1.CaptureService/Replay,                                OPERATOR
            weir.v1.FlowService/Flows,                                    VIEWER
            weir.v1.FlowService/FlushSessions,                            OPERATOR
            weir.v1.TunnelService/ListTunnels,                            VIEWER
            weir.v1.TunnelService/ListSas,                                VIEWER
            weir.v1.TunnelService/AddSa,                                  ADMIN
            weir.v1.TunnelService/RemoveSa,                               ADMIN
            grpc.health.v1.Health/Check,                                  VIEWER
            grpc.health.v1.Health/Watch,                                  VIEWER
            grpc.reflection.v1.ServerReflection/ServerReflectionInfo,     VIEWER
            weir.v1.PortService/AMethodOfNextYear,                        ADMIN
            weir.v9.OtherService/ListPorts,                               ADMIN
            '',                                                           ADMIN
            """)
    void shouldNeedTheRoleThatIsWrittenDown(String method, Role needed) {
        assertEquals(needed, MethodRoles.needed(method));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            NONE,     VIEWER,   false
            VIEWER,   VIEWER,   true
            VIEWER,   OPERATOR, false
            OPERATOR, VIEWER,   true
            OPERATOR, OPERATOR, true
            OPERATOR, ADMIN,    false
            ADMIN,    VIEWER,   true
            ADMIN,    ADMIN,    true
            """)
    void shouldPermitWhatLowerRolesMay(Role role, Role needed, boolean permitted) {
        assertEquals(permitted, role.permits(needed));
    }
}
