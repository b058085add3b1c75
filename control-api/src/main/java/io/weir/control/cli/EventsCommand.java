package io.weir.control.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.weir.control.v1.Event;
import io.weir.control.v1.WatchEventsRequest;

/** {@code weir events [-f]}: what an operator must hear of, one line each. */
@Command(name = "events", description = "Show what happened to ports: up, down, loops, guards, storms.")
final class EventsCommand extends DaemonVerb {
    @Option(
            names = {"-f", "--follow"},
            description = "Go on with new events until interrupted.")
    private boolean follow;

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        WatchEventsRequest request =
                WatchEventsRequest.newBuilder().setFollow(follow).build();
        Iterator<Event> events = daemon.portStreams().watchEvents(request);
        while (events.hasNext()) {
            Event event = events.next();
            out.println(output.json() ? Json.line(document(event)) : line(event));
            if (Output.unread(out)) {
                return ExitCode.DONE;
            }
        }
        return ExitCode.DONE;
    }

    static String line(Event event) {
        return TerminalText.escape(
                time(event) + ' ' + event.getKind() + ' ' + event.getPort() + ' ' + event.getDetail());
    }

    /** One document a line (JSON lines). */
    static Map<String, Object> document(Event event) {
        return Json.fields()
                .put("time", time(event))
                .put("kind", event.getKind())
                .put("port", event.getPort())
                .put("detail", event.getDetail())
                .map();
    }

    private static String time(Event event) {
        return Instant.ofEpochSecond(
                        event.getTime().getSeconds(), event.getTime().getNanos())
                .toString();
    }
}
