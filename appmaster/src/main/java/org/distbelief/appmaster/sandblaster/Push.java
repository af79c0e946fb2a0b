package org.distbelief.appmaster.sandblaster;

import java.util.List;
import org.distbelief.container.coordinator.PushOrder;

/**
 * A bundle on its way into a vector of its own. What it holds never changes: a replica that has another bundle gets
 * another push.
 */
record Push(PushOrder order, ReplicaWork replica, List<Portion> portions) {
    Push {
        portions = List.copyOf(portions);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Push push && push.order.number() == order.number();
    }

    @Override
    public int hashCode() {
        return Long.hashCode(order.number());
    }
}
