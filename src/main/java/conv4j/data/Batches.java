package conv4j.data;

import conv4j.random.RandomStream;
import conv4j.shape.Shape;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;

/**
 * One epoch of a data set in batches, read and normalised ahead of use by threads of its own. Meant for sets that do not
 * fit on the device. The order and the contents do not depend on the number of threads. The last batch is shorter when
 * the batch size does not divide the set. For one consumer thread.
 *
 * <p>Several batches are in the making at once; each thread fills a whole one. A batch that fails to be read fails in
 * its turn, after the good ones before it.
 */
public final class Batches implements AutoCloseable {

    private final Dataset dataset;
    private final int batchSize;
    private final Normalization normalization;
    private final int[] order;
    private final int count;
    private final Slot[] slots;
    private final Thread[] threads;

    /** The next batch that a thread will begin; guarded by this, as are the following fields and the slots' state. */
    private int nextToFill;

    private int nextToUse;
    private boolean closed;

    /** Memory of one batch, and which batch it holds. */
    private static final class Slot {
        private final float[] inputs;
        private final float[] targets;
        private int filledWith = -1;
        private Throwable failure;

        Slot(int inputs, int targets) {
            this.inputs = new float[inputs];
            this.targets = new float[targets];
        }
    }

    private Batches(Dataset dataset, int batchSize, Normalization normalization, int[] order, int readers) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("a batch size of " + batchSize + " was given; give 1 or more");
        }
        if (order.length == 0) {
            throw new IllegalArgumentException("batches of no items were asked for; give an order of 1 item or more");
        }
        this.dataset = dataset;
        this.batchSize = Math.min(batchSize, order.length);
        this.normalization = normalization;
        this.order = order;
        this.count = (order.length - 1) / this.batchSize + 1;
        normalization.check(dataset.inputShape().columns());
        int inputs = elements(dataset.inputShape());
        int targets = elements(dataset.targetShape());
        threads = new Thread[Math.min(readers, count)];
        slots = new Slot[Math.min(threads.length + 2, count + 1)];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new Slot(inputs, targets);
        }
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(this::fillSlots, "conv4j-batches-" + i);
            threads[i].setDaemon(true);
            threads[i].start();
        }
    }

    /**
     * Starts an epoch in random order: {@link RandomStream#permutation} of the seed and the epoch.
     *
     * @param dataset the examples
     * @param batchSize how many in a batch, 1 or more
     * @param normalization applied to the inputs
     * @param seed any value
     * @param epoch its number; another epoch has another order
     * @return the batches, to be closed by the caller
     */
    public static Batches shuffled(Dataset dataset, int batchSize, Normalization normalization, long seed, int epoch) {
        int[] order = RandomStream.permutation(dataset.size(), seed, epoch);
        return new Batches(dataset, batchSize, normalization, order, readers());
    }

    /**
     * Starts an epoch in the order of the data set.
     *
     * @param dataset the examples
     * @param batchSize how many in a batch, 1 or more
     * @param normalization applied to the inputs
     * @return the batches, to be closed by the caller
     */
    public static Batches inOrder(Dataset dataset, int batchSize, Normalization normalization) {
        int[] order = IntStream.range(0, dataset.size()).toArray();
        return new Batches(dataset, batchSize, normalization, order, readers());
    }

    /**
     * Starts an epoch in a given order.
     *
     * @param dataset the examples
     * @param order the indices of the examples to visit, one or more
     * @param batchSize how many in a batch, 1 or more
     * @param normalization applied to the inputs
     * @return the batches, to be closed by the caller
     */
    public static Batches inOrder(Dataset dataset, int[] order, int batchSize, Normalization normalization) {
        return new Batches(dataset, batchSize, normalization, order.clone(), readers());
    }

    private int elements(Shape shape) {
        long elements = (long) batchSize * shape.size();
        if (elements > Integer.MAX_VALUE - Long.BYTES) {
            throw new IllegalArgumentException("a batch of " + batchSize + " items of shape " + shape
                    + " has more elements than one array can hold; use a smaller batch");
        }
        return (int) elements;
    }

    private static int readers() {
        return Math.max(1, Runtime.getRuntime().availableProcessors());
    }

    /** {@return the number of batches of the epoch} */
    public int count() {
        return count;
    }

    /** {@return whether {@link #next()} has another batch} */
    public synchronized boolean hasNext() {
        return nextToUse < count;
    }

    /**
     * The next batch; waits until it is filled. The arrays of the one before are given back.
     *
     * @return the batch
     * @throws NoSuchElementException after the last one
     * @throws IllegalStateException when this is closed, or the thread is interrupted while it waits
     * @throws DataException when an example of the batch cannot be read
     */
    public synchronized Batch next() {
        if (nextToUse >= count) {
            throw new NoSuchElementException("the epoch has " + count + " batches and all were used; start another");
        }
        int batch = nextToUse;
        Slot slot = slots[batch % slots.length];
        nextToUse++;
        notifyAll();
        while (slot.filledWith != batch) {
            if (closed) {
                throw new IllegalStateException("these batches are closed; start another epoch");
            }
            await();
        }
        rethrow(slot.failure);
        return new Batch(sizeOf(batch), slot.inputs, slot.targets);
    }

    private void await() {
        try {
            wait();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a batch", interrupted);
        }
    }

    private static void rethrow(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private int sizeOf(int batch) {
        return Math.min(batchSize, order.length - batch * batchSize);
    }

    /** What each thread does until the epoch is filled or closed. */
    private void fillSlots() {
        for (int batch = claim(); batch >= 0; batch = claim()) {
            Slot slot = slots[batch % slots.length];
            Throwable failure = null;
            try {
                fill(batch, slot);
            } catch (RuntimeException | Error thrown) {
                failure = thrown;
            }
            synchronized (this) {
                slot.failure = failure;
                slot.filledWith = batch;
                notifyAll();
            }
        }
    }

    /** The number of a batch whose slot the consumer does not use any more; -1 when there is nothing left to do. */
    private synchronized int claim() {
        // The consumer still reads batch nextToUse - 1, so its slot is not free yet.
        while (!closed && nextToFill < count && nextToFill >= nextToUse - 1 + slots.length) {
            try {
                wait();
            } catch (InterruptedException interrupted) {
                return -1;
            }
        }
        return closed || nextToFill >= count ? -1 : nextToFill++;
    }

    private void fill(int batch, Slot slot) {
        int inputSize = dataset.inputShape().size();
        int targetSize = dataset.targetShape().size();
        int items = sizeOf(batch);
        for (int item = 0; item < items; item++) {
            int index = order[batch * batchSize + item];
            dataset.input(index, slot.inputs, item * inputSize);
            dataset.target(index, slot.targets, item * targetSize);
        }
        normalization.apply(
                slot.inputs, 0, items * inputSize, dataset.inputShape().columns());
    }

    /** Stops reading ahead and waits for the threads to end; does nothing the second time. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
