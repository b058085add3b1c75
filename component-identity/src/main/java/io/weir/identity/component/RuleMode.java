package io.weir.identity.component;

/** Whether what is decided also happens. */
public enum RuleMode {
    ENFORCE,
    AUDIT
}
