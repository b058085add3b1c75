package io.weir.kernel.netlink;

/**
 * A traffic control filter on the ingress or egress hook of an interface.
 *
 * <p>Threading: immutable.
 *
 * @param kind classifier, for example {@code bpf} or {@code flower}
 * @param name of its program, {@code weir-drop} for Weir's own, empty without
 * @param preference lower ones run first
 * @param handle unique within classifier and preference
 * @param note number that Weir left with its own drop, 0 without
 */
public record IngressFilter(String kind, String name, int preference, int handle, int note) {}
