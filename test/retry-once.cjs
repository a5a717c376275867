// In CI a test that fails is run once more, after its error has been printed: browsers and processes
// share two cores there. A test that needs this is to be mended at its cause. It is run again at once:
// after the others of its suite it would find what they left, not what it expects.
jest.retryTimes(1, { logErrorsBeforeRetry: true, retryImmediately: true });
