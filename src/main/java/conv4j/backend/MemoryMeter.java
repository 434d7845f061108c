package conv4j.backend;

/** Counts the bytes that a backend has allocated, and refuses what would go over a limit. */
public final class MemoryMeter {

    private final String device;
    private final long limit;
    private long allocated;
    private long peak;

    /**
     * A meter at zero.
     *
     * @param device the device in words, for errors
     * @param limit the most bytes that may be allocated together
     */
    public MemoryMeter(String device, long limit) {
        this.device = device;
        this.limit = limit;
    }

    /**
     * Counts memory that is about to be allocated.
     *
     * @param purpose what it is for
     * @param bytes how much
     * @throws OutOfMemoryException when it would go over the limit; nothing is counted then
     */
    public void take(String purpose, long bytes) {
        if (bytes > limit - allocated) {
            throw new OutOfMemoryException(purpose, device, bytes, limit - allocated);
        }
        allocated += bytes;
        peak = Math.max(peak, allocated);
    }

    /**
     * Counts memory that was freed.
     *
     * @param bytes how much
     */
    public void give(long bytes) {
        allocated -= bytes;
    }

    /**
     * What is allocated now.
     *
     * @return bytes
     */
    public long allocated() {
        return allocated;
    }

    /**
     * The most that was allocated at any time.
     *
     * @return bytes
     */
    public long peak() {
        return peak;
    }
}
