package io.weir.datapath.worker;

import java.util.HashMap;
import java.util.Map;

import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentTerminationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of an exception in a worker, which is a defect: the batch under way is lost, the worker goes on, and the log
 * gets each distinct failure at its first, second, fourth ... occurrence, so that a hostile frame cannot fill the disk.
 *
 * <p>Threading: called by one worker.
 */
final class WorkerFailures implements ErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerFailures.class);
    private static final int MAX_DISTINCT = 256;
    private static final int EXIT_WORKER_ENDED = 70;

    private final String worker;
    private final Map<String, Long> occurrences = new HashMap<>();

    WorkerFailures(String worker) {
        this.worker = worker;
    }

    /**
     * A thread whose end by an Error (no memory, a mapped file without space) ends the process: a switch without a worker
     * would look alive and pass nothing, while one that is gone is started again, and its ports stay sealed meanwhile.
     */
    static Thread thread(Runnable run) {
        Thread thread = new Thread(run);
        thread.setUncaughtExceptionHandler((failed, error) -> {
            LOG.error("{} ended, and the switch with it; please report this", failed.getName(), error);
            Runtime.getRuntime().halt(EXIT_WORKER_ENDED);
        });
        return thread;
    }

    @Override
    public void onError(Throwable failure) {
        if (failure instanceof AgentTerminationException) {
            return;
        }
        String place = failure.getClass().getName() + place(failure);
        if (occurrences.size() >= MAX_DISTINCT) {
            occurrences.clear();
        }
        long count = occurrences.merge(place, 1L, Long::sum);
        if (Long.bitCount(count) == 1) {
            LOG.error("{} failed ({} times here) and goes on; please report this", worker, count, failure);
        }
    }

    private static String place(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        return trace.length == 0 ? "" : " at " + trace[0];
    }
}
