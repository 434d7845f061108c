package conv4j;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The directions of {@code docs/architecture.md}: which package may know which. */
class ArchitectureTest {
    private static final List<String> IMPLEMENTATIONS = List.of("backend.reference", "backend.cpu", "backend.opencl");

    /** Every package directly below {@code conv4j}, and the ones it may know, itself and the JDK apart. */
    private static final Map<String, Set<String>> MAY_KNOW = new TreeMap<>();

    static {
        Set<String> vocabulary = Set.of("graph", "shape", "random");
        Set<String> parts = Set.of("losses", "metrics", "optimizers", "schedules", "initializers", "regularizers");
        MAY_KNOW.put("random", Set.of());
        MAY_KNOW.put("shape", Set.of());
        MAY_KNOW.put("data", Set.of("shape", "random"));
        MAY_KNOW.put("graph", Set.of("shape", "random"));
        MAY_KNOW.put("backend", vocabulary);
        MAY_KNOW.put("config", Set.of());
        parts.forEach(part -> MAY_KNOW.put(part, with(vocabulary, "config")));
        MAY_KNOW.put("optimizers", with(vocabulary, "config", "schedules"));
        MAY_KNOW.put("layers", with(vocabulary, "config", "initializers", "regularizers"));
        MAY_KNOW.put("augmentation", with(vocabulary, "config"));
        Set<String> built = with(parts, "config", "augmentation", "layers", "data", "graph", "shape", "random");
        MAY_KNOW.put("files", built);
        MAY_KNOW.put("model", with(built, "files", "backend"));
        MAY_KNOW.put("applications", Set.of("layers", "model", "shape"));
        MAY_KNOW.put(
                "configfile", Set.of("applications", "augmentation", "config", "files", "layers", "model", "shape"));
        MAY_KNOW.put("terminal", Set.of());
        MAY_KNOW.put("callbacks", Set.of("model", "layers", "metrics", "shape", "terminal"));
        MAY_KNOW.put("evaluation", Set.of("data", "shape"));
        MAY_KNOW.put("keras", with(built, "files", "model"));
        MAY_KNOW.put("selftest", with(vocabulary, "backend", "files"));
        MAY_KNOW.put("vectors", with(built, "files", "backend", "model", "keras", "selftest"));
        MAY_KNOW.put("bench", with(built, "files", "backend", "model"));
        MAY_KNOW.put("arithmetic", Set.of("shape"));
        MAY_KNOW.put("pictures", with(vocabulary, "arithmetic", "data", "files", "backend"));
        Set<String> below = with(built, "files", "backend", "model");
        MAY_KNOW.put("onnx", below);
        MAY_KNOW.put("dashboard", Set.of("backend", "data", "evaluation", "model"));
        MAY_KNOW.put("report", with(below, "evaluation", "pictures"));
        MAY_KNOW.put(
                "cli",
                with(
                        below,
                        "applications",
                        "callbacks",
                        "configfile",
                        "keras",
                        "onnx",
                        "dashboard",
                        "selftest",
                        "vectors",
                        "arithmetic",
                        "pictures",
                        "bench",
                        "evaluation",
                        "report",
                        "terminal"));
    }

    private static JavaClasses classes;

    @BeforeAll
    static void readTheMainClasses() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("conv4j");
    }

    @Test
    void everyPackageHasARow() {
        Set<String> unknown = new TreeSet<>();
        classes.forEach(type -> unknown.add(packageBelowTheRoot(type)));
        unknown.removeAll(MAY_KNOW.keySet());
        unknown.remove("");
        assertEquals(Set.of(), unknown, "packages without a row in MAY_KNOW");
    }

    @Test
    void everyPackageKnowsOnlyWhatItsRowSays() {
        List<String> failures = new ArrayList<>();
        MAY_KNOW.forEach((name, known) -> {
            ArchRule rule = noClasses()
                    .that(resideInAPackage("conv4j." + name + ".."))
                    .should()
                    .dependOnClassesThat(resideInAPackage("conv4j..")
                            .and(not(resideInAnyPackage(packages(with(known, name))))
                                    .and(not(isBackends(name)))));
            var result = rule.evaluate(classes);
            if (result.hasViolation()) {
                failures.addAll(result.getFailureReport().getDetails());
            }
        });
        assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
    }

    @Test
    void onlyBackendsNamesTheImplementations() {
        for (String implementation : IMPLEMENTATIONS) {
            String inside = "conv4j." + implementation + "..";
            noClasses()
                    .that(not(resideInAPackage(inside))
                            .and(not(new Named("conv4j.Backends")))
                            .and(not(isOracleOf(implementation))))
                    .should()
                    .dependOnClassesThat(resideInAPackage(inside))
                    .because("a backend is chosen in one place, and no backend knows another one")
                    .check(classes);
        }
    }

    @Test
    void onlyTheOpenClBackendKnowsJocl() {
        noClasses()
                .that(not(resideInAPackage("conv4j.backend.opencl..")))
                .should()
                .dependOnClassesThat(resideInAPackage("org.jocl.."))
                .because("everything else must work on a machine without an OpenCL loader")
                .check(classes);
    }

    @Test
    void onlyTheCpuBackendKnowsNativeLibraries() {
        noClasses()
                .that(not(resideInAPackage("conv4j.backend.cpu..")))
                .should()
                .dependOnClassesThat(resideInAPackage("org.bytedeco.."))
                .because("oneDNN is optional")
                .check(classes);
    }

    @Test
    void onlyTheKerasFilesKnowTheLibraryForHdf5() {
        noClasses()
                .that(not(resideInAPackage("conv4j.keras..")))
                .should()
                .dependOnClassesThat(resideInAPackage("io.jhdf.."))
                .because("the library is optional")
                .check(classes);
    }

    @Test
    void onlyTheCommandLineKnowsPicocli() {
        noClasses()
                .that(not(resideInAPackage("conv4j.cli..")))
                .should()
                .dependOnClassesThat(resideInAPackage("picocli.."))
                .check(classes);
    }

    @Test
    void onlyTheDashboardKnowsTheHttpServer() {
        noClasses()
                .that(not(resideInAPackage("conv4j.dashboard..")))
                .should()
                .dependOnClassesThat(resideInAPackage("com.sun.net.httpserver.."))
                .because("a Java runtime may lack the module jdk.httpserver; everything else must work there")
                .check(classes);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("conv4j.(*)..").should().beFreeOfCycles().check(classes);
        slices().matching("conv4j.backend.(*)..").should().beFreeOfCycles().check(classes);
    }

    @Test
    void onlyTheCommandLineEndsTheProcess() {
        noClasses()
                .that(not(resideInAPackage("conv4j.cli..")))
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .because("a library does not end its user's process")
                .check(classes);
    }

    @Test
    void nothingNeedsAFont() {
        noClasses()
                .that(alwaysTrue())
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.awt.Font")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.awt.font", "javax.swing..")
                .orShould()
                .callMethod(Graphics.class, "drawString", String.class, int.class, int.class)
                .orShould()
                .callMethod(Graphics2D.class, "drawString", String.class, float.class, float.class)
                .because("a headless Java machine may have none; StrokeFont writes")
                .check(classes);
    }

    @Test
    void nothingIsSerialized() {
        noClasses()
                .that(alwaysTrue())
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ObjectInputStream.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ObjectOutputStream.class)
                .because("reading serialized objects runs code that came with the data")
                .check(classes);
    }

    /** The model and the command line choose a backend through {@code conv4j.Backends}; nothing below them does. */
    private static DescribedPredicate<JavaClass> isBackends(String name) {
        boolean chooses = Set.of("model", "pictures", "cli").contains(name);
        return chooses ? new Named("conv4j.Backends") : DescribedPredicate.alwaysFalse();
    }

    /** The self-test compares every backend with the reference. */
    private static DescribedPredicate<JavaClass> isOracleOf(String implementation) {
        return implementation.equals("backend.reference")
                ? resideInAPackage("conv4j.selftest..").forSubtype()
                : DescribedPredicate.alwaysFalse();
    }

    private static String packageBelowTheRoot(JavaClass type) {
        String[] parts = type.getPackageName().split("\\.");
        return parts.length > 1 ? parts[1] : "";
    }

    private static String[] packages(Set<String> names) {
        return names.stream().map(name -> "conv4j." + name + "..").toArray(String[]::new);
    }

    private static Set<String> with(Set<String> names, String... more) {
        Set<String> all = new TreeSet<>(names);
        all.addAll(List.of(more));
        return all;
    }

    private static DescribedPredicate<JavaClass> not(DescribedPredicate<? super JavaClass> predicate) {
        return DescribedPredicate.not(predicate.forSubtype());
    }

    /** The class of a name, and what is nested in it. */
    private static final class Named extends DescribedPredicate<JavaClass> {
        private final String name;

        Named(String name) {
            super("is " + name);
            this.name = name;
        }

        @Override
        public boolean test(JavaClass type) {
            return type.getName().equals(name) || type.getName().startsWith(name + "$");
        }
    }
}
