package io.weir.identity;

import java.util.List;

import org.junit.jupiter.api.Test;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.Architectures;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** Which package may use which, and what of the datapath. */
class ArchitectureTest {
    private static final String ROOT = "io.weir.identity.";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.weir.identity");

    @Test
    void shouldUseOnlyThePackagesBelow() {
        Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("document")
                .definedBy(ROOT + "document")
                .layer("label")
                .definedBy(ROOT + "label")
                .layer("component")
                .definedBy(ROOT + "component")
                .layer("manifest")
                .definedBy(ROOT + "manifest")
                .optionalLayer("evaluate")
                .definedBy(ROOT + "evaluate")
                .optionalLayer("compliance")
                .definedBy(ROOT + "compliance")
                .optionalLayer("compile")
                .definedBy(ROOT + "compile")
                .whereLayer("document")
                .mayNotAccessAnyLayer()
                .whereLayer("label")
                .mayOnlyAccessLayers("document")
                .whereLayer("component")
                .mayOnlyAccessLayers("document", "label")
                .whereLayer("manifest")
                .mayOnlyAccessLayers("document", "label", "component", "compliance")
                .whereLayer("evaluate")
                .mayOnlyAccessLayers("document", "label", "component")
                .whereLayer("compliance")
                .mayOnlyAccessLayers("document", "label")
                .whereLayer("compile")
                .mayOnlyAccessLayers("document", "label", "component", "manifest", "evaluate", "compliance")
                .check(CLASSES);
    }

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void shouldKnowEveryPackage() {
        List<String> known = List.of("document", "label", "component", "manifest", "evaluate", "compliance", "compile");

        noClasses()
                .that()
                .resideOutsideOfPackages(known.stream().map(name -> ROOT + name).toArray(String[]::new))
                .and()
                .doNotHaveSimpleName("package-info")
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
    void shouldKnowOnlyThePolicyQuestionsOfTheDatapath() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.weir.kernel..", "io.weir.datapath.worker..", "io.weir.datapath.port..")
                .check(CLASSES);
    }

    @Test
    void shouldLogNothing() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.slf4j..")
                .check(CLASSES);
    }

    @Test
    void shouldReadYamlInManifestsOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "manifest")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.snakeyaml..")
                .check(CLASSES);
    }
}
