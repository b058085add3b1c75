package io.weir.control.v1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The contract as it was agreed: a removed, renumbered or retyped field shows here before it breaks a client. */
@Timeout(30)
class ContractTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/weir-v1.txt");

    @Test
    void shouldEqualTheAgreedContractWhenDescribed() throws IOException {
        StringBuilder described = new StringBuilder();
        for (FileDescriptor file : List.of(
                PortProto.getDescriptor(),
                CaptureProto.getDescriptor(),
                FlowProto.getDescriptor(),
                PolicyProto.getDescriptor(),
                GrantProto.getDescriptor(),
                TunnelProto.getDescriptor())) {
            describe(described, file);
        }

        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(GOLDEN, described);
        }

        assertEquals(
                Files.readString(GOLDEN), described.toString(), "run with -Dgolden.update=true and review the diff");
    }

    private static void describe(StringBuilder out, FileDescriptor file) {
        out.append("file ")
                .append(file.getName())
                .append(" package ")
                .append(file.getPackage())
                .append('\n');
        for (ServiceDescriptor service : file.getServices()) {
            out.append("service ").append(service.getName()).append('\n');
            service.getMethods().forEach(method -> describe(out, method));
        }
        for (EnumDescriptor type : file.getEnumTypes()) {
            out.append("enum ").append(type.getName()).append('\n');
            type.getValues()
                    .forEach(value -> out.append("  ")
                            .append(value.getNumber())
                            .append(' ')
                            .append(value.getName())
                            .append('\n'));
        }
        file.getMessageTypes().forEach(type -> describe(out, type));
    }

    private static void describe(StringBuilder out, MethodDescriptor method) {
        out.append("  ").append(method.getName()).append('(');
        out.append(method.isClientStreaming() ? "stream " : "")
                .append(method.getInputType().getName())
                .append(") ");
        out.append(method.isServerStreaming() ? "stream " : "")
                .append(method.getOutputType().getName())
                .append('\n');
    }

    private static void describe(StringBuilder out, Descriptor type) {
        out.append("message ").append(type.getName()).append('\n');
        for (FieldDescriptor field : type.getFields()) {
            out.append("  ")
                    .append(field.getNumber())
                    .append(' ')
                    .append(label(field))
                    .append(type(field));
            out.append(' ').append(field.getName()).append('\n');
        }
    }

    private static String label(FieldDescriptor field) {
        if (field.isRepeated()) {
            return "repeated ";
        }
        return field.toProto().getProto3Optional() ? "optional " : "";
    }

    private static String type(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case MESSAGE -> field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            default -> field.getType().name().toLowerCase(java.util.Locale.ROOT);
        };
    }
}
