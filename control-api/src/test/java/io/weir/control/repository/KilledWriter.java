package io.weir.control.repository;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Appends revisions and records for ever, and prints what was acknowledged: made to be killed. */
final class KilledWriter {
    private KilledWriter() {}

    /** Documents that revision {@code number} changes: their texts name the revision, some are longer than a block. */
    static List<StoredDocument> changed(int number) {
        List<StoredDocument> changed = new ArrayList<>();
        for (int i = 0; i <= number % 5; i++) {
            changed.add(RepositoryContract.document("doc-" + i, number + " " + "z".repeat(number * 37 % 9_000)));
        }
        return changed;
    }

    public static void main(String[] args) {
        try (EmbeddedRepository repository = new EmbeddedRepository(Path.of(args[0]))) {
            while (true) {
                int number = repository.head() + 1;
                repository.put("about", Integer.toString(number));
                int appended = repository.append(RepositoryContract.change(number - 1, changed(number)));
                System.out.println(appended);
            }
        }
    }
}
