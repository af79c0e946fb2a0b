package org.distbelief.container.master;

import java.util.Optional;

/**
 * What a coordinator of Sandblaster tells the master, every second at least and whenever it has come further. Repeated
 * until it is answered; a report that comes twice does no harm.
 *
 * @param coordinator number of the coordinator, from 0
 * @param start which life of it
 * @param elected whether ZooKeeper has elected it
 * @param leads whether it leads
 * @param term the term that it leads, or has led last; 0 for none
 * @param standing what it has come to in the term that it leads; empty before the first word of it
 * @param held whether it waits between two iterations, because it was told to
 * @param ended why there will be no more iterations; empty while there will
 * @param figures what it is doing, for people, in JSON; empty where it does not lead
 */
public record CoordinatorReport(
        int coordinator,
        long start,
        boolean elected,
        boolean leads,
        long term,
        Optional<Standing> standing,
        boolean held,
        Optional<String> ended,
        String figures) {}
