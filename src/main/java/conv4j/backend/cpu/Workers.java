package conv4j.backend.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed set of threads that run the numbered tasks of one job after the other; the calling thread is one of them. Tasks
 * are taken in order by whoever is free, so which thread runs a task varies, but what a task does must not.
 */
final class Workers implements AutoCloseable {

    /** One numbered part of a job. */
    @FunctionalInterface
    interface Task {
        /**
         * Runs the part.
         *
         * @param index its number, from 0
         * @param lane arrays of the thread that runs it
         */
        void run(int index, Lane lane);
    }

    /**
     * The part of what is left that a thread takes at a time, for each thread (guided self-scheduling, Polychronopoulos and
     * Kuck 1987): many small tasks are taken together, so that threads seldom wait for the same counter and each walks
     * through memory of its own; the last ones are taken alone, so that all end together.
     */
    private static final int SHARES = 4;

    private static final class Job {
        final Task task;
        final int tasks;
        final int shares;
        final Thread caller = Thread.currentThread();
        final AtomicInteger next = new AtomicInteger();
        final AtomicInteger done = new AtomicInteger();
        volatile Throwable failure;

        Job(Task task, int tasks, int threads) {
            this.task = task;
            this.tasks = tasks;
            this.shares = SHARES * threads;
        }

        void work(Lane lane) {
            for (int from = next.get(); from < tasks; from = next.get()) {
                int to = from + Math.max(1, (tasks - from) / shares);
                if (next.compareAndSet(from, to)) {
                    work(from, to, lane);
                }
            }
        }

        private void work(int from, int to, Lane lane) {
            for (int index = from; index < to; index++) {
                try {
                    task.run(index, lane);
                } catch (Throwable e) {
                    failure = e;
                }
            }
            if (done.addAndGet(to - from) == tasks) {
                LockSupport.unpark(caller);
            }
        }
    }

    /** How often an idle thread looks for work before it sleeps: about 20 microseconds, the gap between operations. */
    private static final int SPINS = 500;

    private final Thread[] threads;
    private final Lane own = new Lane(0);
    private volatile Job job;
    private volatile boolean closed;

    /**
     * Starts the threads.
     *
     * @param count how many threads work, the calling one included
     */
    Workers(int count) {
        threads = new Thread[count - 1];
        for (int i = 0; i < threads.length; i++) {
            Lane lane = new Lane(i + 1);
            threads[i] = new Thread(() -> loop(lane), "conv4j-cpu-" + (i + 1));
            threads[i].setDaemon(true);
            threads[i].start();
        }
    }

    /**
     * The number of threads.
     *
     * @return 1 or more, the calling one included
     */
    int count() {
        return threads.length + 1;
    }

    /**
     * Runs tasks 0 to {@code tasks - 1} and returns when all have ended.
     *
     * @param tasks how many
     * @param task what to do
     */
    void run(int tasks, Task task) {
        if (tasks <= 1 || threads.length == 0) {
            for (int i = 0; i < tasks; i++) {
                task.run(i, own);
            }
            return;
        }
        Job current = new Job(task, tasks, count());
        job = current;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
        current.work(own);
        await(current);
        job = null;
        rethrow(current.failure);
    }

    private static void await(Job current) {
        int spins = 0;
        while (current.done.get() < current.tasks) {
            if (++spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(current);
            }
        }
    }

    private static void rethrow(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    private void loop(Lane lane) {
        Job last = null;
        int spins = 0;
        while (!closed) {
            Job current = job;
            if (current != null && current != last) {
                current.work(lane);
                last = current;
                spins = 0;
            } else if (++spins < SPINS) {
                Thread.onSpinWait();
            } else {
                last = null;
                LockSupport.park(this);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
    }
}
