package io.weir.datapath.worker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.weir.datapath.capture.PcapFrame;

/** What goes into a golden case: its ports, and the frames that arrive, a millisecond apart unless said otherwise. */
final class GoldenInput {
    static final String TWO_PORTS = "a access 10\nb access 10\n";
    private static final long STEP_NS = 1_000_000;

    private final String stage;
    private final String name;
    private final String ports;
    private String policy = "";
    private final List<PcapFrame> frames = new ArrayList<>();
    private long nowNs;

    private GoldenInput(String stage, String name, String ports) {
        this.stage = stage;
        this.name = name;
        this.ports = ports;
    }

    static GoldenInput of(String stage, String name, String ports) {
        return new GoldenInput(stage, name, ports);
    }

    /** The policy in force, as {@link io.weir.datapath.policy.TablePolicy} reads it; none when empty. */
    GoldenInput policy(String lines) {
        policy = lines;
        return this;
    }

    /** Room for so many sessions only. */
    GoldenInput sessions(int most) {
        policy = "sessions " + most + '\n' + policy;
        return this;
    }

    /** Frames that arrive one after the other. */
    GoldenInput on(String port, byte[]... arriving) {
        for (byte[] bytes : arriving) {
            nowNs += STEP_NS;
            frames.add(PcapFrame.of(port, nowNs, bytes));
        }
        return this;
    }

    /** Time that passes. */
    GoldenInput after(long milliseconds) {
        nowNs += milliseconds * STEP_NS;
        return this;
    }

    Path folder() {
        return GoldenFolder.ROOT.resolve(stage).resolve(name);
    }

    String ports() {
        return ports;
    }

    String policy() {
        return policy;
    }

    List<PcapFrame> frames() {
        return List.copyOf(frames);
    }

    @Override
    public String toString() {
        return stage + '/' + name;
    }
}
