package org.distbelief.paramserver.pace;

/** Everyone goes as he likes. */
final class AsynchronousPace implements Pace {
    @Override
    public boolean mayGo(long clock) {
        return true;
    }

    @Override
    public boolean waitsFor(long clock, Members.Member other) {
        return false;
    }

    @Override
    public long clockFor(long clock) {
        return Math.max(0, clock);
    }

    @Override
    public void announced(long clock) {}
}
