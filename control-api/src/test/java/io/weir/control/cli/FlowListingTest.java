package io.weir.control.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the verbs of flows print, byte for byte. */
@Timeout(30)
class FlowListingTest {
    private static String printed(Consumer<PrintWriter> printer) {
        StringWriter text = new StringWriter();
        printer.accept(new PrintWriter(text, true));
        return text.toString();
    }

    private static void check(String golden, String actual) throws IOException {
        Path file = Path.of("src/test/resources/golden", golden);
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(file, actual);
        }
        assertEquals(Files.readString(file), actual, "run with -Dgolden.update=true and review the diff");
    }

    private static String lines(List<String> lines) {
        return lines.stream().collect(Collectors.joining("\n", "", "\n"));
    }

    @Test
    void shouldPrintARecordALine() throws IOException {
        FlowLine line = new FlowLine(ZoneOffset.UTC, FlowSamples.NOON);

        check("flows.txt", lines(FlowSamples.RECORDS.stream().map(line::of).toList()));
        check(
                "flows.json",
                lines(FlowSamples.RECORDS.stream()
                        .map(record -> Json.line(FlowDocuments.of(record)))
                        .toList()));
    }

    @Test
    void shouldPrintSessions() throws IOException {
        check(
                "sessions.txt",
                printed(out -> SessionsCommand.table(FlowSamples.SESSIONS).print(out)));
        check("sessions.json", printed(out -> Json.print(out, SessionsCommand.document(FlowSamples.SESSIONS))));
    }

    @Test
    void shouldPrintTheMap() throws IOException {
        check("map.txt", printed(out -> MapCommand.table(FlowSamples.map(1)).print(out)));
        check("map.json", printed(out -> Json.print(out, MapCommand.document(FlowSamples.map(1)))));
        check("map.dot", MapDot.of(FlowSamples.map(1)));
        check("map.svg", MapSvg.of(FlowSamples.map(1)));
    }

    @Test
    void shouldDrawXmlWhateverComponentsAreCalled() throws Exception {
        Document picture = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(MapSvg.of(FlowSamples.map(1)))));

        assertEquals(8 + 1, picture.getElementsByTagName("rect").getLength());
        assertEquals(12 + 3, picture.getElementsByTagName("path").getLength());
        assertTrue(picture.getDocumentElement().getTextContent().contains("<b>&\\u{1b}[2J"));
    }

    @Test
    void shouldFitTheTopScreenIntoASmallTerminal() throws IOException {
        List<String> screen = TopScreen.of(FlowSamples.sample(10), FlowSamples.sample(12), 80, 24);

        check("top.txt", lines(screen));
        assertTrue(screen.size() <= 24, screen.size() + " lines");
        assertTrue(screen.stream().allMatch(line -> line.length() <= 80));
        assertFalse(screen.stream().anyMatch(line -> line.indexOf('\u001b') >= 0));
    }

    @Test
    void shouldWriteLargeNumbersShort() {
        assertEquals(
                List.of("0", "999", "1.0k", "1.0k", "9.9k", "10k", "999k", "1.0M", "35M"),
                DoubleStream.of(0, 999, 999.6, 1_000, 9_940, 9_960, 999_400, 999_600, 35_000_000)
                        .mapToObj(Quantities::count)
                        .toList());
    }
}
