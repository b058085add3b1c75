package io.weir.ipsec.transport;

import java.util.Set;

import org.junit.jupiter.api.Test;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import io.weir.datapath.port.PortException;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** Transports move datagrams: they know the kernel and Netty, and nothing of ESP or of tunnels. */
class TransportArchitectureTest {
    private static final Set<String> HOT =
            Set.of("send", "flush", "receive", "address", "length", "segment", "trafficClass");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.weir.ipsec.transport");

    @Test
    void shouldKnowOnlyTheKernelAndNetty() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("io.weir..")
                        .and(not(resideInAPackage("io.weir.ipsec.transport")))
                        .and(not(resideInAPackage("io.weir.kernel..")))
                        .and(not(equivalentTo(PortException.class))))
                .check(CLASSES);
    }

    @Test
    void shouldBeOpenedByTransportsAlone() {
        classes()
                .that()
                .areAssignableTo(DatagramTransport.class)
                .and()
                .areNotInterfaces()
                .should()
                .bePackagePrivate()
                .check(CLASSES);
    }

    @Test
    void shouldThrowNothingOnThePacketPath() {
        methods()
                .that()
                .areDeclaredInClassesThat()
                .areAssignableTo(MessageIo.class)
                .or()
                .areDeclaredInClassesThat()
                .areAssignableTo(DatagramTransport.class)
                .should(new ArchCondition<>("construct nothing where packets pass") {
                    @Override
                    public void check(JavaMethod method, ConditionEvents events) {
                        if (HOT.contains(method.getName())) {
                            method.getConstructorCallsFromSelf()
                                    .forEach(call ->
                                            events.add(SimpleConditionEvent.violated(call, call.getDescription())));
                        }
                    }
                })
                .check(CLASSES);
    }
}
