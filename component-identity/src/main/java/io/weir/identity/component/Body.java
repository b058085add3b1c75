package io.weir.identity.component;

/** What a document holds. */
public sealed interface Body permits Component, Group, RuleSet, Grant {}
