package io.weir.identity.compile;

import io.weir.identity.component.Document;
import io.weir.identity.component.Instance;

/**
 * One instance of a component on its port.
 *
 * @param path of the instance in its document
 */
record Placement(int identity, Document document, Instance instance, String path) {
    int shape() {
        return (instance.mac().isPresent() ? io.weir.identity.evaluate.PortTable.MAC : 0)
                | (instance.vlan() != 0 ? io.weir.identity.evaluate.PortTable.VLAN : 0);
    }

    long mac() {
        return instance.mac().orElse(0);
    }
}
