package io.weir.datapath;

import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.Architectures;

import io.weir.datapath.pipeline.CounterTable;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** Which package may use which, and what the packet path must not do. Constants that javac inlines leave no trace here. */
class ArchitectureTest {
    private static final String ROOT = "io.weir.datapath.";

    /** Everything that runs for every packet, but for the ports and the workers, which call the kernel. */
    private static final String[] HOT = {
        ROOT + "wire",
        ROOT + "parse",
        ROOT + "bridge",
        ROOT + "label",
        ROOT + "segment",
        ROOT + "egress",
        ROOT + "packet",
        ROOT + "session",
        ROOT + "firewall"
    };

    private static final DescribedPredicate<JavaClass> ARE_HOT =
            resideInAnyPackage(HOT).or(JavaClass.Predicates.equivalentTo(CounterTable.class));

    /** javac throws it in switches over records and sealed types that cannot happen. */
    private static final Set<String> MADE_BY_JAVAC = Set.of("java.lang.MatchException");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.weir.datapath");

    @Test
    void shouldUseOnlyThePackagesBelow() {
        Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("packet")
                .definedBy(ROOT + "packet")
                .layer("pipeline")
                .definedBy(ROOT + "pipeline")
                .layer("policy")
                .definedBy(ROOT + "policy")
                .layer("wire")
                .definedBy(ROOT + "wire")
                .layer("port")
                .definedBy(ROOT + "port")
                .layer("parse")
                .definedBy(ROOT + "parse")
                .layer("label")
                .definedBy(ROOT + "label")
                .layer("segment")
                .definedBy(ROOT + "segment")
                .layer("bridge")
                .definedBy(ROOT + "bridge")
                .layer("session")
                .definedBy(ROOT + "session")
                .layer("capture")
                .definedBy(ROOT + "capture")
                .layer("firewall")
                .definedBy(ROOT + "firewall")
                .layer("egress")
                .definedBy(ROOT + "egress")
                .layer("replay")
                .definedBy(ROOT + "replay")
                .layer("worker")
                .definedBy(ROOT + "worker")
                .whereLayer("packet")
                .mayNotAccessAnyLayer()
                .whereLayer("pipeline")
                .mayOnlyAccessLayers("packet")
                .whereLayer("policy")
                .mayNotAccessAnyLayer()
                .whereLayer("wire")
                .mayOnlyAccessLayers("pipeline")
                .whereLayer("port")
                .mayOnlyAccessLayers("packet", "pipeline", "policy")
                .whereLayer("parse")
                .mayOnlyAccessLayers("packet", "pipeline", "wire")
                .whereLayer("segment")
                .mayOnlyAccessLayers("packet", "pipeline", "wire")
                .whereLayer("bridge")
                .mayOnlyAccessLayers("packet", "pipeline", "wire", "port")
                .whereLayer("label")
                .mayOnlyAccessLayers("packet", "pipeline", "policy", "wire", "port", "bridge", "firewall")
                .whereLayer("session")
                .mayOnlyAccessLayers("packet", "pipeline", "policy", "wire", "port")
                .whereLayer("capture")
                .mayOnlyAccessLayers("packet", "pipeline", "port", "wire")
                .whereLayer("firewall")
                .mayOnlyAccessLayers("packet", "pipeline", "policy", "wire", "port", "segment", "bridge", "session")
                .whereLayer("egress")
                .mayOnlyAccessLayers("packet", "pipeline", "port", "segment", "bridge", "capture", "label")
                .whereLayer("replay")
                .mayOnlyAccessLayers("packet", "pipeline", "port", "capture")
                .whereLayer("worker")
                .mayNotBeAccessedByAnyLayer()
                .check(CLASSES);
    }

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void shouldKnowEveryPackage() {
        List<String> known = List.of(
                "bridge",
                "capture",
                "egress",
                "firewall",
                "label",
                "packet",
                "parse",
                "pipeline",
                "policy",
                "port",
                "replay",
                "segment",
                "session",
                "wire",
                "worker");

        noClasses()
                .that()
                .resideOutsideOfPackages(known.stream().map(name -> ROOT + name).toArray(String[]::new))
                .should(new ArchCondition<>("exist") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        events.add(SimpleConditionEvent.satisfied(type, type.getName() + " has no layer"));
                    }
                })
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void shouldMakeNoThrowableOnThePacketPath() {
        codeUnits()
                .that()
                .areDeclaredInClassesThat(ARE_HOT)
                .should(makeNoThrowable())
                .check(CLASSES);
    }

    @Test
    void shouldTakeTimeAsAParameterOnThePacketPath() {
        noClasses()
                .that(ARE_HOT)
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(CLASSES);
    }

    @Test
    void shouldTakeNoLockOnThePacketPath() {
        methods()
                .that()
                .areDeclaredInClassesThat(ARE_HOT)
                .should()
                .notHaveModifier(JavaModifier.SYNCHRONIZED)
                .check(CLASSES);
        noClasses()
                .that(ARE_HOT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.concurrent.locks")
                .check(CLASSES);
    }

    @Test
    void shouldLogInWorkersOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "worker")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.slf4j..")
                .check(CLASSES);
    }

    /** Constructors and static initialisers may refuse what they are given: they do not run for packets. */
    private static ArchCondition<JavaCodeUnit> makeNoThrowable() {
        return new ArchCondition<>("make no throwable outside of constructors and static initialisers") {
            @Override
            public void check(JavaCodeUnit unit, ConditionEvents events) {
                boolean once = unit.isConstructor() || unit.getName().equals("<clinit>");
                for (JavaConstructorCall call : unit.getConstructorCallsFromSelf()) {
                    JavaClass made = call.getTargetOwner();
                    boolean throwable = made.isAssignableTo(Throwable.class) && !MADE_BY_JAVAC.contains(made.getName());
                    if (throwable && !once) {
                        events.add(SimpleConditionEvent.violated(call, call.getDescription()));
                    }
                }
            }
        };
    }
}
