package io.weir.identity.compile;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * All components of an epoch, compiled now or before.
 *
 * @param byIdentity null where an identity has no component
 * @param order by id, as their documents come
 * @param fresh those that were compiled now
 * @param gone those of the last epoch whose document was changed or removed
 * @param boundaryNs when a rule of one of them next begins or ends
 */
@SuppressWarnings("ArrayRecordComponent") // tables are never compared by value
record CompiledComponents(
        @Nullable CompiledComponent[] byIdentity,
        CompiledComponent[] order,
        List<CompiledComponent> fresh,
        List<CompiledComponent> gone,
        long boundaryNs) {
    /** Number of the labels that the identity has, 0 for one without component. */
    int profile(int identity) {
        CompiledComponent component = identity < byIdentity.length ? byIdentity[identity] : null;
        return component == null ? 0 : component.profile();
    }

    /** Whether a component that was there has other labels now. */
    boolean relabelled(CompilerState last) {
        for (CompiledComponent component : fresh) {
            CompiledComponent before = last.component(component.identity());
            if (before != null && before.profile() != component.profile()) {
                return true;
            }
        }
        return false;
    }
}
