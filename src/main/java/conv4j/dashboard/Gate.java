package conv4j.dashboard;

/** Where the training thread waits while training is paused. Buttons open and close it from other threads. */
final class Gate {

    private boolean closed;
    private boolean removed;

    /** Lets nobody through from now on. */
    synchronized void close() {
        closed = !removed;
    }

    /** Lets everybody through. */
    synchronized void open() {
        closed = false;
        notifyAll();
    }

    /** Lets everybody through for ever: training is to end. */
    synchronized void remove() {
        removed = true;
        open();
    }

    /** Opens, and can be closed again: another training begins. */
    synchronized void restore() {
        removed = false;
        open();
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /**
     * Waits while the gate is closed. An interruption of the thread opens it, and stays to be seen by whoever looks.
     *
     * @return the nanoseconds that it took, 0 when the gate was open
     */
    synchronized long pass() {
        if (!closed) {
            return 0;
        }
        long begin = System.nanoTime();
        try {
            while (closed) {
                wait();
            }
        } catch (InterruptedException e) {
            closed = false;
            Thread.currentThread().interrupt();
        }
        return System.nanoTime() - begin;
    }
}
