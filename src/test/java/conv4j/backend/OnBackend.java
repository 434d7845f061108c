package conv4j.backend;

/** What every contract starts from: the backend under test. */
interface OnBackend {

    Backend backend();
}
