package io.weir.kernel;

import java.util.Set;

import org.junit.jupiter.api.Test;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import io.weir.kernel.inet.DatagramVector;
import io.weir.kernel.inet.InetSocket;
import io.weir.kernel.packetsocket.MessageVector;
import io.weir.kernel.packetsocket.RxRing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

class ArchitectureTest {
    /** What a worker calls for every batch. */
    private static final Set<String> HOT_METHODS = Set.of(
            "read",
            "write",
            "readv",
            "writev",
            "recvmmsg",
            "sendmmsg",
            "sendto",
            "recv",
            "recvKick",
            "sendKick",
            "poll",
            "wait",
            "token",
            "events",
            "signal",
            "drain",
            "receive",
            "send",
            "base",
            "header",
            "length",
            "truncated",
            "vlanPresent",
            "vlanTci",
            "vlanTpid",
            "acquire",
            "next",
            "release",
            "address",
            "available",
            "reserve",
            "submit",
            "set",
            "pending",
            "needsWakeup",
            "wakeReceive",
            "sendAs",
            "segment",
            "segmentToSend",
            "trafficClass",
            "prepare",
            "received",
            "mtu",
            "getsockoptInt",
            "wakeTransmit");

    private static final Set<Class<?>> HOT_CLASSES = Set.of(
            Syscall.class,
            Epoll.class,
            EventFd.class,
            MessageVector.class,
            RxRing.class,
            DatagramVector.class,
            InetSocket.class);

    /** What is called for every packet that is sealed or opened by libcrypto. */
    private static final Set<String> CRYPTO_METHODS = Set.of(
            "iv",
            "seal",
            "open",
            "encrypt",
            "equal",
            "nonce",
            "tagAt",
            "outLength",
            "getParams",
            "encryptInit",
            "encryptUpdate",
            "encryptFinal",
            "decryptInit",
            "decryptUpdate",
            "decryptFinal",
            "macInit",
            "macUpdate",
            "macFinal");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.weir");

    private static final DescribedPredicate<JavaMethod> HOT =
            DescribedPredicate.describe("that are hot", ArchitectureTest::isHot);

    @Test
    void shouldReachJnrOnlyThroughLibC() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(LibC.class.getName())
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jnr..")
                .check(CLASSES);
    }

    @Test
    void shouldReachLibCOnlyFromTheRootPackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.weir.kernel")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(LibC.class)
                .check(CLASSES);
    }

    @Test
    void shouldCallForeignFunctionsOnlyForCiphers() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.weir.crypto")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.Linker")
                .check(CLASSES);
    }

    @Test
    void shouldNotThrowOrAllocateInHotMethods() {
        methods().that(HOT).should(constructNothing()).check(CLASSES);
    }

    @Test
    void shouldBeFinalUnlessSealed() {
        classes()
                .that()
                .areNotInterfaces()
                .and()
                .areNotEnums()
                .and()
                .doNotHaveModifier(JavaModifier.ABSTRACT)
                .should()
                .haveModifier(JavaModifier.FINAL)
                .check(CLASSES);
    }

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        slices().matching("io.weir.kernel.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    private static boolean isHot(JavaMethod method) {
        JavaClass owner = method.getOwner();
        boolean listed = HOT_CLASSES.stream().anyMatch(owner::isEquivalentTo);
        boolean crypto =
                owner.getFullName().matches("io\\.weir\\.crypto\\.LibCrypto(|Context|Mac|\\w*Sealer|\\w*Opener)")
                        && CRYPTO_METHODS.contains(method.getName());
        boolean xdp = owner.getFullName().matches("io\\.weir\\.kernel\\.xdp\\.(\\w*Ring|XdpSocket)");
        return crypto || ((listed || xdp) && HOT_METHODS.contains(method.getName()));
    }

    private static ArchCondition<JavaMethod> constructNothing() {
        return new ArchCondition<>("construct nothing, not even an exception") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                method.getConstructorCallsFromSelf()
                        .forEach(call -> events.add(SimpleConditionEvent.violated(call, call.getDescription())));
                events.add(SimpleConditionEvent.satisfied(method, method.getFullName()));
            }
        };
    }
}
