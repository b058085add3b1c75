package io.weir.datapath.worker;

import java.time.Instant;

import io.weir.datapath.pipeline.PortEvents;

/**
 * Something that an operator must hear of.
 *
 * @param time wall-clock time at which it was taken from the worker
 * @param kind what happened
 * @param port port name
 * @param detail one line for people: address, other port, remedy
 */
public record SwitchEvent(Instant time, PortEvents.Kind kind, String port, String detail) {}
