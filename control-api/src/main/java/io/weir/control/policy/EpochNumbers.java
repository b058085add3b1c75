package io.weir.control.policy;

import io.weir.control.repository.Repository;

/**
 * Numbers for epochs that rise over restarts. They are reserved in blocks, so that an epoch costs no write of its own; a
 * restart leaves out what was left of the block.
 *
 * <p>Threading: guarded by the control lock.
 */
final class EpochNumbers {
    static final int BLOCK = 1_000;

    static final String RECORD = "epochs";

    private final Repository repository;
    private int last;
    private int reserved;

    EpochNumbers(Repository repository) {
        this.repository = repository;
        this.last = repository.record(RECORD).map(Integer::parseInt).orElse(0);
        this.reserved = last;
    }

    int next() {
        if (last == reserved) {
            reserved += BLOCK;
            repository.put(RECORD, Integer.toString(reserved));
        }
        return ++last;
    }
}
