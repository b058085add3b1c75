package io.weir.identity.component;

/**
 * A named offer.
 *
 * @param name unique within the component
 * @param l4 what it stands for
 */
public record Expose(String name, L4Match l4) {}
