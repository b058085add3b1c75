package io.weir.identity.manifest;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

import io.weir.identity.document.Problems;

/**
 * Takes YAML apart by its events, one document after the other, in time and memory proportional to the text: aliases and tags
 * are refused where they stand, and so is nesting beyond {@link #MAX_DEPTH}, before anything is built from them.
 *
 * <p>Threading: one reader.
 */
final class YamlReader {
    static final int MAX_DEPTH = 32;

    private static final int MIN_BUFFER = 64;

    private final Iterator<Event> events;
    private int lastLine = 1;

    private YamlReader(String yaml) {
        // One buffer for all: a token that is longer than the buffer would be copied again for every piece that is
        // read.
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(Integer.MAX_VALUE)
                .setBufferSize(Math.max(MIN_BUFFER, yaml.length() + 1))
                .build();
        this.events = new Parse(settings).parseString(yaml).iterator();
    }

    /**
     * Hands over every document that is not empty, until the first thing that is no YAML or not allowed, which goes to the
     * problems.
     */
    static void read(String yaml, Problems problems, Consumer<YamlNode> documents) {
        try {
            new YamlReader(yaml).documents(documents);
        } catch (RefusedException refused) {
            problems.add(refused.line, "", refused.problem, refused.remedy);
        } catch (MarkedYamlEngineException broken) {
            broken(problems, line(broken.getProblemMark()), broken.getProblem());
        } catch (YamlEngineException broken) {
            broken(problems, 0, broken.getMessage());
        }
    }

    private static void broken(Problems problems, int line, @Nullable String why) {
        String problem = why == null ? "cannot be understood" : Wording.shown(why.replace("\n", ", "));
        problems.add(line, "", "not YAML: " + problem, "mind indentation, brackets and quotes");
    }

    private void documents(Consumer<YamlNode> documents) {
        while (hasNext()) {
            if (next() instanceof DocumentStartEvent) {
                YamlNode root = node(next(), 0);
                if (!(root instanceof YamlNode.Scalar scalar && scalar.isAbsent())) {
                    documents.accept(root);
                }
            }
        }
    }

    private boolean hasNext() {
        try {
            return events.hasNext();
        } catch (IllegalArgumentException escape) {
            throw badEscape();
        }
    }

    private Event next() {
        try {
            Event event = events.next();
            lastLine = line(event.getStartMark());
            return event;
        } catch (IllegalArgumentException escape) {
            throw badEscape();
        }
    }

    /** snakeyaml-engine lets these exceptions out of itself for escapes such as {@code U+9001F600}. */
    private RefusedException badEscape() {
        return new RefusedException(
                lastLine, "not YAML: an escape that is no character", "mend what follows this line");
    }

    private YamlNode node(Event event, int depth) {
        int line = line(event.getStartMark());
        return switch (event) {
            case ScalarEvent scalar -> {
                refuseTag(scalar.getTag(), line);
                yield new YamlNode.Scalar(scalar.getValue(), scalar.isPlain(), line);
            }
            case CollectionStartEvent collection -> {
                refuseTag(collection.getTag(), line);
                if (depth == MAX_DEPTH) {
                    throw new RefusedException(line, "nested deeper than " + MAX_DEPTH, "no manifest needs that");
                }
                yield collection instanceof MappingStartEvent ? mapping(line, depth + 1) : sequence(line, depth + 1);
            }
            case AliasEvent alias ->
                throw new RefusedException(
                        line,
                        "aliases are refused: was *"
                                + Wording.shown(alias.getAlias().toString()),
                        "write the value out");
            default -> throw new IllegalStateException("no node begins with " + event);
        };
    }

    private YamlNode sequence(int line, int depth) {
        List<YamlNode> items = new ArrayList<>();
        for (Event event = next(); event.getEventId() != Event.ID.SequenceEnd; event = next()) {
            items.add(node(event, depth));
        }
        return new YamlNode.Sequence(items, line);
    }

    private YamlNode mapping(int line, int depth) {
        List<YamlNode.Entry> entries = new ArrayList<>();
        for (Event event = next(); event.getEventId() != Event.ID.MappingEnd; event = next()) {
            YamlNode key = node(event, depth);
            entries.add(new YamlNode.Entry(key, node(next(), depth)));
        }
        return new YamlNode.Mapping(entries, line);
    }

    private static void refuseTag(Optional<String> tag, int line) {
        if (tag.isPresent()) {
            throw new RefusedException(line, "tags are refused: was " + Wording.shown(tag.get()), "leave the tag out");
        }
    }

    private static int line(Optional<Mark> mark) {
        return mark.map(Mark::getLine).orElse(-1) + 1;
    }

    /** YAML, but nothing that a manifest may hold; ends the reading. */
    private static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int line;
        private final String problem;
        private final String remedy;

        RefusedException(int line, String problem, String remedy) {
            super(problem, null, false, false);
            this.line = line;
            this.problem = problem;
            this.remedy = remedy;
        }
    }
}
