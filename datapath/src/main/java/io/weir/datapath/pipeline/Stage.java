package io.weir.datapath.pipeline;

import java.util.Set;

import io.weir.datapath.packet.PacketBatch;

/**
 * One step of the pipeline. Stages do not know each other; their order stands in one visible list, the worker's pipeline.
 *
 * <p>A stage looks at every packet of the batch that is still forwarded ({@link PacketBatch#forwarded}), and may drop it,
 * consume it, or write metadata for later stages. It allocates nothing, takes no lock and throws nothing.
 *
 * <p>Threading: one instance a worker, called by that worker only.
 */
public interface Stage {
    /** Kebab-case name, the same in counters, captures, documents and the command line. */
    String name();

    /** The reasons for which this stage drops; {@link DropReason#stage()} of each equals {@link #name()}. */
    Set<DropReason> dropReasons();

    /** Works on the whole batch. */
    void process(PacketBatch batch);
}
