package conv4j.backend;

/** The device has less memory than is needed. */
public class OutOfMemoryException extends BackendException {

    private static final long serialVersionUID = 1;

    private final long neededBytes;
    private final long availableBytes;

    /**
     * A lack of memory.
     *
     * @param purpose what the memory was for
     * @param device the device in words
     * @param neededBytes how much was asked for
     * @param availableBytes how much is left, as far as is known
     */
    public OutOfMemoryException(String purpose, String device, long neededBytes, long availableBytes) {
        this(
                purpose + " need " + neededBytes + " bytes, but " + device + " has " + availableBytes
                        + " bytes left; use a smaller batch or a smaller network",
                neededBytes,
                availableBytes);
    }

    /**
     * A lack of memory described by the caller.
     *
     * @param message what was asked, what is available and what to do
     * @param neededBytes how much was asked for
     * @param availableBytes how much is left, as far as is known
     */
    public OutOfMemoryException(String message, long neededBytes, long availableBytes) {
        super(message);
        this.neededBytes = neededBytes;
        this.availableBytes = availableBytes;
    }

    /**
     * How much was asked for.
     *
     * @return bytes
     */
    public long neededBytes() {
        return neededBytes;
    }

    /**
     * How much is left, as far as is known.
     *
     * @return bytes
     */
    public long availableBytes() {
        return availableBytes;
    }
}
