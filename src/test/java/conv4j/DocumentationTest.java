package conv4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * Everything that a user can name has a doc comment: packages, types, methods, fields, enum constants, and the components
 * of records. What stands in the comments is checked by the compiler (doclint); that they are there is checked here,
 * because doclint would ask for the components of a record again at its compact constructor.
 */
class DocumentationTest {
    private static final Path SOURCES = Path.of("src", "main", "java");

    @Test
    void everythingPublicIsDocumented() throws IOException {
        assertEquals(List.of(), undocumented(sources()), "public or protected, and without a doc comment");
    }

    @Test
    void everyPackageIsDescribed() throws IOException {
        Set<Path> folders = new HashSet<>();
        sources().forEach(file -> folders.add(file.getParent()));
        folders.removeIf(folder -> Files.exists(folder.resolve("package-info.java")));
        assertEquals(Set.of(), folders, "folders without a package-info.java");
    }

    @Test
    void theCheckFindsWhatIsMissing() throws IOException {
        List<String> found = undocumented(
                """
                /** Said.
                 * @param a said
                 */
                public record R(int a, int b) {
                    public R { }
                    public R(int a) { this(a, 0); }
                    void hidden() { }
                    protected static int field;
                    @Override public String toString() { return ""; }
                    /** Said. */
                    public enum E { ONE }
                    public interface I { void run(); }
                    private record P(int c) { public void hidden() { } }
                }
                """);
        assertEquals(
                List.of(
                        "R.java:4: b",
                        "R.java:6: <init>",
                        "R.java:8: field",
                        "R.java:11: ONE",
                        "R.java:12: I",
                        "R.java:12: run"),
                found);
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<Path> found = files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
            assertTrue(found.size() > 1, () -> "no sources below " + SOURCES.toAbsolutePath());
            return found;
        }
    }

    private static List<String> undocumented(List<Path> files) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            return undocumented((JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files)));
        }
    }

    private static List<String> undocumented(String source) throws IOException {
        var file = new SimpleJavaFileObject(URI.create("string:///R.java"), SimpleJavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        return undocumented((JavacTask) ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, null, List.of("-proc:none"), null, List.of(file)));
    }

    private static List<String> undocumented(JavacTask task) throws IOException {
        Scanner scanner = new Scanner(DocTrees.instance(task));
        for (CompilationUnitTree unit : task.parse()) {
            scanner.scan(unit, null);
        }
        return scanner.missing;
    }

    /** Walks through the public and protected declarations; whatever is hidden is not entered. */
    private static final class Scanner extends TreePathScanner<Void, Void> {
        private final DocTrees docs;
        private final List<String> missing = new ArrayList<>();

        Scanner(DocTrees docs) {
            this.docs = docs;
        }

        @Override
        public Void visitClass(ClassTree type, Void unused) {
            if (isVisible(type.getModifiers())) {
                require(type.getSimpleName().toString(), type);
                requireComponents(type);
                type.getMembers().forEach(member -> scan(member, null));
            }
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            if (isVisible(method.getModifiers()) && !isOverride(method) && !isCanonicalConstructor(method)) {
                require(method.getName().toString(), method);
            }
            return null;
        }

        @Override
        public Void visitVariable(VariableTree field, Void unused) {
            if (isVisible(field.getModifiers())) {
                require(field.getName().toString(), field);
            }
            return null;
        }

        private void require(String name, Tree declaration) {
            if (docs.getDocCommentTree(getCurrentPath()) == null) {
                report(name, declaration);
            }
        }

        /** Components are parsed as private fields of the record, before its other members. */
        private void requireComponents(ClassTree type) {
            if (type.getKind() != Tree.Kind.RECORD) {
                return;
            }
            Set<String> documented = documentedParameters();
            components(type)
                    .filter(component ->
                            !documented.contains(component.getName().toString()))
                    .forEach(component -> report(component.getName().toString(), component));
        }

        private Set<String> documentedParameters() {
            Set<String> names = new HashSet<>();
            DocCommentTree comment = docs.getDocCommentTree(getCurrentPath());
            for (DocTree tag : comment == null ? List.<DocTree>of() : comment.getBlockTags()) {
                if (tag instanceof ParamTree parameter) {
                    names.add(parameter.getName().toString());
                }
            }
            return names;
        }

        private void report(String name, Tree declaration) {
            CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
            long start = docs.getSourcePositions().getStartPosition(unit, declaration);
            String file =
                    Path.of(unit.getSourceFile().toUri().getPath()).toString().replaceFirst("^/", "");
            missing.add(file + ":" + unit.getLineMap().getLineNumber(start) + ": " + name);
        }

        private boolean isVisible(ModifiersTree modifiers) {
            Set<Modifier> flags = modifiers.getFlags();
            TreePath parent = getCurrentPath().getParentPath();
            boolean inInterface = parent.getLeaf().getKind() == Tree.Kind.INTERFACE
                    || parent.getLeaf().getKind() == Tree.Kind.ANNOTATION_TYPE;
            return flags.contains(Modifier.PUBLIC)
                    || flags.contains(Modifier.PROTECTED)
                    || (inInterface && !flags.contains(Modifier.PRIVATE));
        }

        private static boolean isOverride(MethodTree method) {
            return method.getModifiers().getAnnotations().stream()
                    .anyMatch(annotation ->
                            annotation.getAnnotationType().toString().equals("Override"));
        }

        /** The record's own comment describes its canonical constructor, compact or not. */
        private boolean isCanonicalConstructor(MethodTree method) {
            ClassTree type = (ClassTree) getCurrentPath().getParentPath().getLeaf();
            return type.getKind() == Tree.Kind.RECORD
                    && method.getReturnType() == null
                    && names(method.getParameters().stream()).equals(names(components(type)));
        }

        private static Stream<VariableTree> components(ClassTree type) {
            return type.getMembers().stream()
                    .filter(VariableTree.class::isInstance)
                    .map(VariableTree.class::cast)
                    .filter(field -> !field.getModifiers().getFlags().contains(Modifier.STATIC));
        }

        private static List<String> names(Stream<? extends VariableTree> variables) {
            return variables.map(variable -> variable.getName().toString()).toList();
        }
    }
}
