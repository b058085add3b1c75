package io.weir.control.repository;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.weir.identity.component.Kind;
import io.weir.identity.component.Origin;

/**
 * Payloads of the log's frames: numbers big-endian, text as its length in bytes (u32) and UTF-8, lists as a count (u32) and
 * the elements.
 *
 * <pre>
 *  revision  number, parent, digest, author, reason, seconds u64, nanos, documents, names
 *  snapshot  number, documents
 *  put       name, value
 *  remove    name
 *  document  kind, id, text, source, lines (path, line)
 * </pre>
 *
 * <p>Threading: pure.
 */
final class Records {
    static final int REVISION = 1;
    static final int SNAPSHOT = 2;
    static final int PUT = 3;
    static final int REMOVE = 4;

    private Records() {}

    /** Writes one payload. */
    private static final class Encoder {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final DataOutputStream out = new DataOutputStream(bytes);

        Encoder number(int value) throws IOException {
            out.writeInt(value);
            return this;
        }

        Encoder text(String text) throws IOException {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            out.writeInt(utf8.length);
            out.write(utf8);
            return this;
        }

        Encoder documents(List<StoredDocument> documents) throws IOException {
            number(documents.size());
            for (StoredDocument document : documents) {
                text(document.kind().word()).text(document.id()).text(document.text());
                text(document.origin().source());
                number(document.origin().lines().size());
                for (Map.Entry<String, Integer> line : document.origin().lines().entrySet()) {
                    text(line.getKey()).number(line.getValue());
                }
            }
            return this;
        }
    }

    static byte[] revision(int number, Change change) {
        Encoder encoder = new Encoder();
        try {
            encoder.number(number).number(change.parent()).text(change.digest());
            encoder.text(change.author()).text(change.reason());
            Instant time = change.time();
            encoder.out.writeLong(time.getEpochSecond());
            encoder.out.writeInt(time.getNano());
            encoder.documents(change.changed());
            encoder.number(change.removed().size());
            for (DocumentName name : change.removed()) {
                encoder.text(name.kind().word()).text(name.id());
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return encoder.bytes.toByteArray();
    }

    static byte[] snapshot(int number, List<StoredDocument> documents) {
        Encoder encoder = new Encoder();
        try {
            encoder.number(number).documents(documents);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return encoder.bytes.toByteArray();
    }

    static byte[] texts(String... texts) {
        Encoder encoder = new Encoder();
        try {
            for (String text : texts) {
                encoder.text(text);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return encoder.bytes.toByteArray();
    }

    /** A payload that its writer's checksum covers, so that what is odd in it comes from another version, not from a disk. */
    private static final class Decoder {
        private final DataInputStream in;

        Decoder(byte[] payload) {
            in = new DataInputStream(new ByteArrayInputStream(payload));
        }

        int number() throws IOException {
            return in.readInt();
        }

        String text() throws IOException {
            return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
        }

        Kind kind() throws IOException {
            String word = text();
            for (Kind kind : Kind.values()) {
                if (kind.word().equals(word)) {
                    return kind;
                }
            }
            throw new IOException("unknown kind of document: " + word);
        }

        List<StoredDocument> documents() throws IOException {
            int count = number();
            List<StoredDocument> documents = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                documents.add(new StoredDocument(kind(), text(), text(), origin()));
            }
            return documents;
        }

        private Origin origin() throws IOException {
            String source = text();
            int count = number();
            Map<String, Integer> lines = HashMap.newHashMap(count);
            for (int i = 0; i < count; i++) {
                lines.put(text(), number());
            }
            return new Origin(source, lines);
        }

        List<DocumentName> names() throws IOException {
            int count = number();
            List<DocumentName> names = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                names.add(new DocumentName(kind(), text()));
            }
            return names;
        }
    }

    /** A revision's frame. */
    record Delta(int number, Change change) {
        RevisionInfo info() {
            return new RevisionInfo(
                    number,
                    change.parent(),
                    change.digest(),
                    change.author(),
                    change.reason(),
                    change.time(),
                    change.changed().size(),
                    change.removed().size());
        }
    }

    /** A snapshot's frame. */
    record Snapshot(int number, List<StoredDocument> documents) {}

    static Delta revision(byte[] payload) throws IOException {
        Decoder decoder = new Decoder(payload);
        int number = decoder.number();
        int parent = decoder.number();
        String digest = decoder.text();
        String author = decoder.text();
        String reason = decoder.text();
        Instant time = Instant.ofEpochSecond(decoder.in.readLong(), decoder.number());
        List<StoredDocument> changed = decoder.documents();
        return new Delta(number, new Change(parent, digest, author, reason, time, changed, decoder.names()));
    }

    static Snapshot snapshot(byte[] payload) throws IOException {
        Decoder decoder = new Decoder(payload);
        return new Snapshot(decoder.number(), decoder.documents());
    }

    /** The number that a revision's or snapshot's payload begins with. */
    static int number(byte[] payload) throws IOException {
        return new Decoder(payload).number();
    }

    static List<String> texts(byte[] payload, int count) throws IOException {
        Decoder decoder = new Decoder(payload);
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(decoder.text());
        }
        return texts;
    }
}
