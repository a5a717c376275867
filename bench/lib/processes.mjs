import { fork, spawnSync } from 'node:child_process';

const canPin = spawnSync('taskset', ['-V']).status === 0;

/**
 * Starts `file` in its own process, on one core if `taskset` exists, and waits for its first message.
 *
 * @returns {Promise<{hello: any, ask: (what: string, args?: object) => Promise<any>, end: () => Promise<void>}>}
 */
export async function startProcess(file, { args = [], env = {}, core, node, flags = [] } = {}) {
  const runtime = node ?? process.execPath;
  const pinned = canPin && core !== undefined;
  const child = fork(file, args, {
    execPath: pinned ? 'taskset' : runtime,
    execArgv: pinned ? ['-c', String(core), runtime, ...flags] : flags,
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = new Promise((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  const answer = () =>
    Promise.race([
      new Promise((resolve) => child.once('message', resolve)),
      ended.then(({ code, signal }) => ({ failure: `it ended (code ${code}, signal ${signal})` })),
    ]).then((message) => {
      if (message.failure) throw new Error(`${file} ${args.join(' ')} failed: ${message.failure}`);
      return message.answer;
    });
  const hello = await answer();
  return {
    hello,
    ask(ask, args) {
      const reply = answer();
      child.send({ ask, args });
      return reply;
    },
    async end() {
      if (child.connected) child.disconnect();
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs `file` to its end and returns the JSON that it sent. */
export async function runProcess(file, options) {
  const child = await startProcess(file, options);
  await child.end();
  return child.hello;
}
