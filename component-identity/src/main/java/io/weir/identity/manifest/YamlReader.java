package io.weir.identity.manifest;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

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
            String problem = Optional.ofNullable(broken.getProblem()).orElse("cannot be understood");
            problems.add(
                    line(broken.getProblemMark()), "", "not YAML: " + problem, "mind indentation, brackets and quotes");
        } catch (YamlEngineException broken) {
            problems.add(0, "", "not YAML: " + broken.getMessage(), "mind indentation, brackets and quotes");
        }
    }

    private void documents(Consumer<YamlNode> documents) {
        while (events.hasNext()) {
            if (events.next() instanceof DocumentStartEvent) {
                YamlNode root = node(events.next(), 0);
                if (!(root instanceof YamlNode.Scalar scalar && scalar.isAbsent())) {
                    documents.accept(root);
                }
            }
        }
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
                        line, "aliases are refused: was *" + alias.getAlias(), "write the value out");
            default -> throw new IllegalStateException("no node begins with " + event);
        };
    }

    private YamlNode sequence(int line, int depth) {
        List<YamlNode> items = new ArrayList<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
            items.add(node(event, depth));
        }
        return new YamlNode.Sequence(items, line);
    }

    private YamlNode mapping(int line, int depth) {
        List<YamlNode.Entry> entries = new ArrayList<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
            YamlNode key = node(event, depth);
            entries.add(new YamlNode.Entry(key, node(events.next(), depth)));
        }
        return new YamlNode.Mapping(entries, line);
    }

    private static void refuseTag(Optional<String> tag, int line) {
        if (tag.isPresent()) {
            throw new RefusedException(line, "tags are refused: was " + tag.get(), "leave the tag out");
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
