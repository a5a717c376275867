// A plain HTTP service on aws-xray-sdk-core with central sampling. Once it samples by the server's rules it makes
// requests, and prints the rule that it used last and the ids of the sampled traces.
const http = require('node:http');
const AWSXRay = require('aws-xray-sdk-core');

const requests = Number(process.argv[2]);
let rule;
AWSXRay.setLogger({
  debug: (text) => (rule = /^Rule (\S+) is matched/.exec(text)?.[1] ?? rule),
  info() {},
  warn() {},
  error: console.error,
});
AWSXRay.middleware.setDefaultName('node-service');

let sampled = [];
const server = http.createServer((request, response) => {
  AWSXRay.getNamespace().run(() => {
    const segment = AWSXRay.middleware.traceRequestResponseCycle(request, response);
    AWSXRay.setSegment(segment);
    if (!segment.notTraced) sampled.push(segment.trace_id);
    AWSXRay.captureFunc('work', (subsegment) => subsegment.addAnnotation('plan', 'gold'));
    response.end('ok');
  });
});

function ask(path) {
  return new Promise((resolve, reject) => {
    const { port } = server.address();
    http
      .get({ port, path, host: '127.0.0.1', agent: false }, (response) => {
        response.resume().on('end', resolve);
      })
      .on('error', reject);
  });
}

server.listen(0, '127.0.0.1', async () => {
  const deadline = Date.now() + 10_000;
  while (!rule && Date.now() < deadline) await ask('/warm-up');
  sampled = [];
  for (let number = 0; number < requests; number++) await ask('/orders');
  process.stdout.write(JSON.stringify({ rule, sampled }));
  // Ends when the test has seen the traces: the SDK's pollers would keep the process for ever.
  process.stdin.once('data', () => process.exit(0));
});
