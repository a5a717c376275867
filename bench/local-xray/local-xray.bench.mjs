import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PARTS = {
  full: [
    ['udp', 'udp-ingest.mjs', {}],
    ['http', 'http-ingest.mjs', {}],
    ['otlpHttp', 'otlp-ingest.mjs', {}, ['http']],
    ['otlpGrpc', 'otlp-ingest.mjs', {}, ['grpc']],
    ['queries', 'queries.mjs', {}],
    ['retention', 'retention.mjs', {}],
  ],
  quick: [
    ['udp', 'udp-ingest.mjs', { RATES: '5000,10000', SECONDS: '2' }],
    ['http', 'http-ingest.mjs', { SECONDS: '2' }],
    ['otlpHttp', 'otlp-ingest.mjs', { SECONDS: '2' }, ['http']],
    ['otlpGrpc', 'otlp-ingest.mjs', { SECONDS: '2' }, ['grpc']],
    ['queries', 'queries.mjs', { TRACES: '10000' }],
  ],
};

/** Ingest, queries and retention of local X-Ray, each in a separate process. */
export async function benchLocalXray({ quick, log }) {
  const result = {};
  for (const [name, script, env, args = []] of PARTS[quick ? 'quick' : 'full']) {
    const file = fileURLToPath(new URL(script, import.meta.url));
    const { stdout } = await run(process.execPath, [file, ...args], {
      env: { ...process.env, ...env },
    });
    // The output of the server that a script starts precedes the JSON.
    result[name] = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
    log?.(`  ${name} done`);
  }
  return result;
}
