package io.weir.ipsec;

import java.util.Set;

import org.junit.jupiter.api.Test;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.Architectures;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** Which package may use which, and what the packet path may not do. */
class ArchitectureTest {
    private static final String ROOT = "io.weir.ipsec.";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.weir.ipsec");

    /** What every packet passes through. */
    private static final Set<String> HOT_CLASSES = Set.of(
            "esp.EspSealer",
            "esp.EspOpener",
            "esp.EspHeader",
            "esp.InnerLength",
            "sa.ReplayWindow",
            "sa.SaLimits",
            "tunnel.Arrivals",
            "tunnel.Coalescer",
            "tunnel.Congestion",
            "tunnel.EthernetPayload",
            "tunnel.FrameAccount",
            "tunnel.IcmpErrors",
            "tunnel.InnerFrame",
            "tunnel.IpPayload",
            "tunnel.Ipv4Fragments",
            "tunnel.LevelShares",
            "tunnel.LocalHosts",
            "tunnel.NeighbourFrames",
            "tunnel.Neighbourhood",
            "tunnel.OuterHeaders",
            "tunnel.OwnFrames",
            "tunnel.PathMtu",
            "tunnel.Selectors",
            "tunnel.SendBuffer",
            "tunnel.TcpFrame",
            "tunnel.TunnelCounters",
            "tunnel.TunnelReceiver",
            "tunnel.TunnelTransmitter");

    private static final Set<String> HOT_METHODS = Set.of(
            "sa.SadSnapshot.inbound",
            "sa.SadSnapshot.outbound",
            "sa.Sad.current",
            "sa.SaCounters.count",
            "sa.SaCounters.drop",
            "sa.SaSlot.received",
            "sa.InboundSa.sequence",
            "sa.InboundSa.check",
            "sa.InboundSa.window",
            "sa.ReplayWindow.begin",
            "sa.InboundSa.accept",
            "sa.InboundSa.drop",
            "sa.OutboundSa.next",
            "sa.OutboundSa.ivCounter",
            "sa.OutboundSa.exhausted");

    private static final DescribedPredicate<JavaCodeUnit> HOT =
            DescribedPredicate.describe("that are hot", ArchitectureTest::isHot);

    @Test
    void shouldUseOnlyThePackagesBelow() {
        Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("sa")
                .definedBy(ROOT + "sa")
                .layer("esp")
                .definedBy(ROOT + "esp")
                .layer("transport")
                .definedBy(ROOT + "transport..")
                .layer("tunnel")
                .definedBy(ROOT + "tunnel..")
                .whereLayer("sa")
                .mayNotAccessAnyLayer()
                .whereLayer("esp")
                .mayOnlyAccessLayers("sa")
                .whereLayer("transport")
                .mayNotAccessAnyLayer()
                .whereLayer("tunnel")
                .mayOnlyAccessLayers("sa", "esp", "transport")
                .check(CLASSES);
    }

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void shouldKnowOnlyDropReasonsOfTheDatapathInSaAndEsp() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + "sa", ROOT + "esp")
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are of the datapath or of identities, other than drop reasons", ArchitectureTest::isForeign))
                .check(CLASSES);
    }

    private static boolean isForeign(JavaClass type) {
        String name = type.getFullName();
        return (name.startsWith("io.weir.datapath.") && !name.startsWith("io.weir.datapath.pipeline.DropReason"))
                || name.startsWith("io.weir.identity.");
    }

    @Test
    void shouldMakeNothingOnThePacketPath() {
        codeUnits().that(HOT).should(makeNothing()).check(CLASSES);
    }

    @Test
    void shouldTakeTimeAsAParameter() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + "sa", ROOT + "esp", ROOT + "tunnel")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(CLASSES);
    }

    @Test
    void shouldUseNoOtherProviderOfCiphers() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("javax.crypto..", "org.bouncycastle..")
                .check(CLASSES);
    }

    private static boolean isHot(JavaCodeUnit unit) {
        String owner = unit.getOwner().getFullName();
        if (!owner.startsWith(ROOT)
                || unit.getName().startsWith("<")
                || unit.getName().startsWith("of")) {
            return false;
        }
        String type = owner.substring(ROOT.length());
        return HOT_CLASSES.contains(type) || HOT_METHODS.contains(type + "." + unit.getName());
    }

    private static ArchCondition<JavaCodeUnit> makeNothing() {
        return new ArchCondition<>("make nothing, not even an exception") {
            @Override
            public void check(JavaCodeUnit unit, ConditionEvents events) {
                unit.getConstructorCallsFromSelf()
                        .forEach(call -> events.add(SimpleConditionEvent.violated(call, call.getDescription())));
                events.add(SimpleConditionEvent.satisfied(unit, unit.getFullName()));
            }
        };
    }
}
