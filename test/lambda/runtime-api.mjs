import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { client, node } from './build.mjs';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:orders';
const PATIENCE_MS = 15_000;

/** Resolves as soon as `ready()` gives something; says what was waited for if it never does. */
export async function until(what, ready) {
  const from = performance.now();
  for (;;) {
    const value = ready();
    if (value) return value;
    if (performance.now() - from > PATIENCE_MS)
      throw new Error(`Waited in vain for ${typeof what === 'function' ? what() : what}`);
    await new Promise((turn) => setTimeout(turn, 5));
  }
}

/** Lambda's daemon: a socket that keeps what it is sent. */
export async function startDaemon() {
  const documents = [];
  const socket = createSocket('udp4', (message) => {
    documents.push(JSON.parse(String(message).split('\n').slice(1).join('\n')));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const address = `127.0.0.1:${socket.address().port}`;
  return { documents, address, close: () => socket.close() };
}

/**
 * Lambda around one function: the Runtime API, a daemon, and a process with AWS's runtime client.
 *
 * Without `concurrency` the process is stopped in the moment in which its answer has arrived, before
 * that is acknowledged: stricter than Lambda, which waits until the process asks for more. It goes
 * on when the next event is there.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function startLambda(folder, { concurrency, env = {} } = {}) {
  const daemon = await startDaemon();
  const events = [];
  const asking = [];
  const answers = new Map();
  let stopped;

  const give = (response, { id, event, header }) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': id,
      'lambda-runtime-deadline-ms': String(Date.now() + 30_000),
      'lambda-runtime-invoked-function-arn': ARN,
      ...(header && { 'lambda-runtime-trace-id': header }),
    });
    response.end(JSON.stringify(event));
  };
  const match = () => {
    while (events.length > 0 && asking.length > 0) give(asking.shift(), events.shift());
  };
  const api = createServer((request, response) => {
    if (request.url.endsWith('/invocation/next')) {
      asking.push(response);
      return match();
    }
    const [, id, outcome] = /\/invocation\/([^/]+)\/(response|error)$/.exec(request.url) ?? [];
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const acknowledge = () => {
        response.writeHead(202);
        response.end();
      };
      if (!concurrency) {
        child.kill('SIGSTOP');
        stopped = acknowledge;
      } else acknowledge();
      answers.set(id ?? 'init', { outcome: outcome ?? 'error', body });
    });
  });
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');

  const child = spawn(node, [client], {
    env: {
      PATH: process.env.PATH,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${api.address().port}`,
      _HANDLER: 'index.handler',
      LAMBDA_TASK_ROOT: folder,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: 'orders',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/orders',
      AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
      AWS_XRAY_DAEMON_ADDRESS: daemon.address,
      AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
      ...(concurrency && {
        AWS_LAMBDA_MAX_CONCURRENCY: String(concurrency),
        AWS_LAMBDA_NODEJS_WORKER_COUNT: '1',
      }),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));

  return {
    documents: daemon.documents,
    get output() {
      return output;
    },
    /** Lets the process go on, with an event to come or without. */
    thaw() {
      child.kill('SIGCONT');
      stopped?.();
      stopped = undefined;
    },
    /** Answers of the function to events, `{ id, event, header }`, that are there at once. */
    async invoke(...given) {
      events.push(...given);
      this.thaw();
      match();
      return Promise.all(
        given.map(({ id }) =>
          until(
            () => `an answer to ${id}; the function printed:\n${output}`,
            () => {
              if (child.exitCode !== null || answers.has('init'))
                throw new Error(`The process ended:\n${output}`);
              return answers.get(id);
            },
          ),
        ),
      );
    },
    async stop() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      api.closeAllConnections();
      api.close();
      daemon.close();
    },
  };
}
