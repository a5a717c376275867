// aws-xray-sdk-core with values of types that X-Ray's schema has not; prints the trace id of each.
const AWSXRay = require('aws-xray-sdk-core');

AWSXRay.middleware.disableCentralizedSampling();
AWSXRay.setLogger({ debug() {}, info() {}, warn() {}, error: console.error });

const values = {
  'error with an object': (segment) =>
    segment.addError({
      message: { code: 1 },
      name: 'GraphQLError',
      stack: 'E: x\n    at f (/a.js:1:2)',
    }),
  'error with a number': (segment) => segment.addError({ message: 42, name: 'E' }),
  'error with nothing': (segment) => segment.addError({ status: 500 }),
  'user with a number': (segment) => segment.setUser(42),
  'long annotation': (segment) => segment.addAnnotation('a', 'x'.repeat(5000)),
  'version with a number': (segment) => segment.setServiceData({ version: 1.2 }),
};
const ids = {};
for (const [what, set] of Object.entries(values)) {
  const segment = new AWSXRay.Segment(what);
  set(segment);
  segment.close();
  ids[what] = segment.trace_id;
}
// The SDK sends when the turn is over, by a socket of its own that it closes half a second later.
process.on('beforeExit', () => {
  if (ids.printed) return;
  Object.defineProperty(ids, 'printed', { value: true });
  process.stdout.write(JSON.stringify(ids));
});
