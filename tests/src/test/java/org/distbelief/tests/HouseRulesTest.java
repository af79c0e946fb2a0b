package org.distbelief.tests;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The drawing of the house: which module may know which, and where each technology lives. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HouseRulesTest {
    private static final String OURS = "org.distbelief";
    private static final String GENERATED = "..gen..";

    /** A module's packages, and the packages of the modules that it may use. */
    private record Module(String name, String packages, Set<String> uses) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final String CONF = "org.distbelief.conf..";
    private static final String DATASET = "org.distbelief.dataset..";
    private static final String INGEST = "org.distbelief.ingest..";
    private static final String PARAMSERVER = "org.distbelief.paramserver..";
    private static final String CONTAINER = "org.distbelief.container..";
    private static final String APPMASTER = "org.distbelief.appmaster..";

    /** Libraries, and the only packages of ours that may know them. */
    private record Technology(String name, List<String> packages, List<String> home) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final String SUBMIT = "org.distbelief.appmaster.submit..";
    private static final String YARN = "org.distbelief.appmaster.yarn..";
    private static final String WEB = "org.distbelief.appmaster.web..";
    private static final String LOCAL = "org.distbelief.appmaster.local..";
    private static final String INGEST_JOB = "org.distbelief.ingest.job..";

    /** The {@code main} of a container's process. */
    private static final String PROCESS = "org.distbelief..process";

    private static final String HDFS = "org.distbelief..hdfs..";

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(OURS);

    private final JavaClasses written =
            classes.that(not(resideInAnyPackage(GENERATED)).and(not(generatedByAvro())));

    static Stream<Module> modules() {
        return Stream.of(
                new Module("conf", CONF, Set.of()),
                new Module("avro-schemas", DATASET, Set.of()),
                new Module("data-ingest", INGEST, Set.of(CONF, DATASET)),
                new Module("paramserver", PARAMSERVER, Set.of(CONF)),
                new Module("container", CONTAINER, Set.of(CONF, DATASET, PARAMSERVER)),
                new Module("appmaster", APPMASTER, Set.of(CONF, DATASET, INGEST, PARAMSERVER, CONTAINER)));
    }

    static Stream<Technology> technologies() {
        return Stream.of(
                technology("YARN", "org.apache.hadoop.yarn..").in(YARN, SUBMIT, WEB),
                technology("MapReduce", "org.apache.hadoop.mapreduce..", "org.apache.hadoop.mapred..")
                        .in(INGEST_JOB),
                technology("Hadoop file systems", "org.apache.hadoop.fs..", "org.apache.hadoop.hdfs..")
                        .in(HDFS, INGEST_JOB, YARN, SUBMIT, LOCAL),
                technology("Hadoop at all", "org.apache.hadoop..")
                        .in(HDFS, INGEST_JOB, YARN, SUBMIT, LOCAL, WEB, PROCESS),
                technology("Thrift", "org.apache.thrift..").in("org.distbelief..wire.."),
                technology("ZooKeeper", "org.apache.curator..", "org.apache.zookeeper..")
                        .in("org.distbelief..membership.."),
                technology("TLS", "tlschannel..", "javax.net.ssl..").in("org.distbelief.paramserver.security.."),
                technology("SASL", "javax.security.sasl..").in("org.distbelief.paramserver.security.."),
                technology("certificates", "org.bouncycastle..").in("org.distbelief.paramserver.security.."),
                technology("native kernels", "org.bytedeco..").in("org.distbelief.container.kernel.."),
                technology("Avro", "org.apache.avro..").in(DATASET, INGEST),
                technology("command line", "picocli..").in(SUBMIT),
                technology("terminal", "me.tongfei..", "org.jline..").in(SUBMIT),
                technology("servlets", "javax.servlet..", "org.eclipse.jetty..").in(WEB),
                technology("YAML", "org.snakeyaml..").in(CONF));
    }

    @BeforeAll
    void everyModuleIsThere() {
        assertThat(modules())
                .allSatisfy(module -> assertThat(written.that(resideInAPackage(module.packages())))
                        .as("classes of module %s on the class path", module)
                        .isNotEmpty());
    }

    @ParameterizedTest
    @MethodSource("modules")
    void aModuleUsesOnlyTheModulesBelowIt(Module module) {
        String[] others = modules()
                .map(Module::packages)
                .filter(packages -> !packages.equals(module.packages()))
                .filter(packages -> !module.uses().contains(packages))
                .toArray(String[]::new);
        if (others.length > 0) {
            noClasses()
                    .that()
                    .resideInAPackage(module.packages())
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others)
                    .check(classes);
        }
    }

    @Test
    void everyClassBelongsToAModule() {
        String[] all = modules().map(Module::packages).toArray(String[]::new);
        assertThat(classes.that(not(resideInAnyPackage(all)))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("technologies")
    void aTechnologyStaysInItsPackages(Technology technology) {
        noClasses()
                .that()
                .resideOutsideOfPackages(technology.home().toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(technology.packages().toArray(String[]::new))
                .check(classes);
    }

    @ParameterizedTest
    @MethodSource("technologies")
    void aTechnologyIsUsedWhereItLives(Technology technology) {
        DescribedPredicate<JavaClass> theirs =
                resideInAnyPackage(technology.packages().toArray(String[]::new));
        assertThat(classes.stream()
                        .filter(ours -> ours.getDirectDependenciesFromSelf().stream()
                                .anyMatch(dependency -> theirs.test(dependency.getTargetClass())))
                        .map(JavaClass::getName))
                .as("classes that use %s: none would mean that its rule checks nothing", technology)
                .isNotEmpty();
    }

    @Test
    void processesTakeNothingFromHadoopButItsConfigurationAndCredentials() {
        noClasses()
                .that()
                .resideInAPackage(PROCESS)
                .should()
                .dependOnClassesThat(resideInAPackage("org.apache.hadoop..")
                        .and(not(resideInAnyPackage("org.apache.hadoop.conf", "org.apache.hadoop.security..")))
                        // Credentials are named by it.
                        .and(not(equivalentTo(org.apache.hadoop.io.Text.class))))
                .check(classes);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(OURS + ".(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void everyPackageSaysWhatItIsForAndIsNullMarked() {
        List<String> unmarked = packagesWithClasses()
                .filter(each -> !each.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .toList();

        assertThat(unmarked).as("packages without a @NullMarked package-info").isEmpty();
        assertThat(packagesWithClasses()).hasSizeGreaterThan(10);
    }

    @Test
    void logsGoThroughSlf4j() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.logging..", "org.apache.log4j..", "org.apache.commons.logging..")
                .check(written);
    }

    @Test
    void onlyAMainEndsTheProcess() {
        noClasses()
                .that(not(mains()))
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(written);
    }

    @Test
    void onlyCommandsAndMainsWriteToTheConsole() {
        noClasses()
                .that(not(mains()).and(not(resideInAPackage(SUBMIT))))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .check(written);
    }

    @Test
    void thereIsNoStaticMutableState() {
        fields().that()
                .areStatic()
                .should()
                .beFinal()
                .because("state belongs to an object that someone made and passes on")
                .check(written);
    }

    @Test
    void nobodyCanChangeAPublicConstant() {
        assertThat(written.stream()
                        .flatMap(each -> each.getFields().stream())
                        .filter(HouseRulesTest::isPublicStaticArray)
                        .map(JavaField::getFullName))
                .as("public arrays that anyone can change")
                .isEmpty();
    }

    @Test
    void namesSayWhatAClassIsInsteadOfUtilOrManager() {
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Utility|Utilities|Helper|Helpers|Manager)")
                .check(written);
    }

    private Stream<JavaPackage> packagesWithClasses() {
        return Stream.concat(
                        Stream.of(written.getPackage(OURS)), written.getPackage(OURS).getSubpackagesInTree().stream())
                .filter(each -> each.getClasses().stream()
                        .anyMatch(in -> written.contain(in.getName())
                                && !in.getSimpleName().equals("package-info")));
    }

    private static boolean isPublicStaticArray(JavaField field) {
        return field.getModifiers().containsAll(Set.of(JavaModifier.PUBLIC, JavaModifier.STATIC))
                && field.getRawType().isArray();
    }

    /** Classes with a {@code main} method, and what is nested in them. */
    private static DescribedPredicate<JavaClass> mains() {
        return describe("have a main method", each -> {
            JavaClass outermost = each;
            while (outermost.getEnclosingClass().isPresent()) {
                outermost = outermost.getEnclosingClass().get();
            }
            return outermost.getMethods().stream()
                    .anyMatch(method -> method.getName().equals("main")
                            && method.getModifiers().contains(JavaModifier.STATIC)
                            && method.getRawParameterTypes().stream()
                                    .allMatch(type -> type.isEquivalentTo(String[].class))
                            && method.getRawParameterTypes().size() == 1);
        });
    }

    private static DescribedPredicate<JavaClass> generatedByAvro() {
        return describe("are generated by Avro", each -> {
            JavaClass outermost = each;
            while (outermost.getEnclosingClass().isPresent()) {
                outermost = outermost.getEnclosingClass().get();
            }
            return outermost.isAnnotatedWith("org.apache.avro.specific.AvroGenerated");
        });
    }

    private record Libraries(String name, List<String> packages) {
        Technology in(String... home) {
            return new Technology(name, packages, List.of(home));
        }
    }

    private static Libraries technology(String name, String... packages) {
        return new Libraries(name, List.of(packages));
    }
}
