package conv4j.backend.reference;

/** Float elements from a place in memory on, counted from 0. */
record Floats(float[] array, int offset) {

    float get(int index) {
        return array[offset + index];
    }

    void set(int index, double value) {
        array[offset + index] = (float) value;
    }
}
