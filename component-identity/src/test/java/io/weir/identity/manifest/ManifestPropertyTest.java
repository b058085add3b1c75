package io.weir.identity.manifest;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import io.weir.identity.component.Body;
import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Grant;
import io.weir.identity.component.Group;
import io.weir.identity.component.Kind;
import io.weir.identity.component.RuleSet;
import io.weir.identity.document.ProblemException;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ManifestPropertyTest {
    @Provide
    Arbitrary<Body> bodies() {
        return AnyDocument.body();
    }

    @Provide
    Arbitrary<String> ids() {
        return AnyDocument.id();
    }

    static Kind kind(Body body) {
        return switch (body) {
            case Component component -> Kind.COMPONENT;
            case Group group -> Kind.GROUP;
            case RuleSet ruleSet -> Kind.RULE_SET;
            case Grant grant -> Kind.GRANT;
        };
    }

    @Property(tries = 1000)
    void readsWhatItWrites(@ForAll("ids") String id, @ForAll("bodies") Body body) {
        String text = ManifestWriter.write(kind(body), id, body);

        Document document = ManifestReader.read("f", text).getFirst();

        assertEquals(id, document.id());
        assertEquals(body, document.body());
        assertEquals(text, document.text());
    }

    @Property(tries = 100)
    void readsSeveralDocumentsAsEachByItself(@ForAll List<@From("bodies") Body> bodies) {
        List<Body> some = bodies.subList(0, Math.min(5, bodies.size()));
        String text = IntStream.range(0, some.size())
                .mapToObj(i -> ManifestWriter.write(kind(some.get(i)), "d" + i, some.get(i)))
                .collect(Collectors.joining("---\n"));

        if (!some.isEmpty()) {
            assertEquals(
                    some,
                    ManifestReader.read("f", text).stream().map(Document::body).toList());
        }
    }

    /** One letter of a good document changed: read or refused with a place, and what is read can be written and read again. */
    @Property(tries = 1000)
    void refusesOrReadsWhatIsAlmostRight(@ForAll("bodies") Body body, @ForAll int at, @ForAll("letters") char letter) {
        StringBuilder text = new StringBuilder(ManifestWriter.write(kind(body), "a", body));
        text.setCharAt(Math.floorMod(at, text.length()), letter);

        List<Document> documents;
        try {
            documents = ManifestReader.read("f", text.toString());
        } catch (ProblemException refused) {
            refused.errors().forEach(error -> assertEquals("f", error.source()));
            return;
        }
        for (Document document : documents) {
            assertEquals(
                    document.body(),
                    ManifestReader.read("f", document.text()).getFirst().body());
        }
    }

    @Provide
    Arbitrary<Character> letters() {
        return Arbitraries.of(
                'a', '0', ':', '-', '[', ']', '{', '}', ',', '"', '\'', '#', '&', '*', '!', '|', '>', '%', '@', ' ',
                '\n', '\t', '?', '\\', '\u0000', '\ud800');
    }
}
