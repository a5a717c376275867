// In CI a test that fails is run once more, after its error has been printed: browsers and processes
// share two cores there. A test that needs this is to be mended at its cause.
jest.retryTimes(1, { logErrorsBeforeRetry: true });
