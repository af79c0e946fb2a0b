package org.distbelief.appmaster.job;

import java.util.List;
import java.util.Objects;
import org.distbelief.appmaster.roster.Group;
import org.distbelief.appmaster.roster.Place;
import org.distbelief.appmaster.roster.Seat;

/**
 * How the containers of one replica lie to each other.
 *
 * @param places where they are
 */
record Placement(List<Place> places) {
    /** Of those members that have a container. */
    static Placement of(Group group) {
        return new Placement(
                group.seats().stream().map(Seat::place).filter(Objects::nonNull).toList());
    }

    /** For people, to be put behind "runs"; racks are told where the cluster knows them. */
    String text() {
        List<String> nodes = places.stream().map(Place::host).distinct().toList();
        if (nodes.size() == 1) {
            return "all on " + nodes.get(0);
        }
        List<String> racks =
                places.stream().map(p -> String.valueOf(p.rack())).distinct().toList();
        boolean known = places.stream().allMatch(p -> p.rack() != null);
        String text = "on " + nodes.size() + " nodes";
        if (!known) {
            return text;
        }
        return text + (racks.size() == 1 ? " of rack " + racks.get(0) : " in " + racks.size() + " racks");
    }
}
