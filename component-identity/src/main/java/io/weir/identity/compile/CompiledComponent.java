package io.weir.identity.compile;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.weir.identity.component.Document;
import io.weir.identity.evaluate.RuleInfo;

/**
 * One component document, compiled: its own rules and what it says of itself.
 *
 * @param egress and ingress tables, null where it has no rule
 * @param selectors that the tables hold profiles for
 * @param grouped whether its rules name groups
 * @param boundaryNs when a rule of it next begins or ends
 * @param sizeBytes of the tables
 */
@SuppressWarnings("ArrayRecordComponent") // tables are never compared by value
record CompiledComponent(
        Document document,
        int identity,
        int profile,
        int @Nullable [] egress,
        int @Nullable [] ingress,
        int violationsPort,
        int egressLimits,
        int ingressLimits,
        List<RuleInfo> infos,
        List<Map<String, String>> selectors,
        boolean grouped,
        long boundaryNs,
        long sizeBytes) {}
