import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const BUILT = resolve('dist/apps/cruddur/src/database/exclusive-lock.js');

/** Tries to take the lock when it receives a message, and reports whether it has it. */
const HOLDER = `
const { acquireLock } = require(${JSON.stringify(BUILT)});
process.on('message', (path) =>
  acquireLock(path).then(
    (release) => process.send(release === undefined ? 'refused' : 'held'),
    (error) => process.send(String(error)),
  ),
);
process.send('ready');
`;

describe('the lock of the embedded database', () => {
  let folder: string;
  const running: ChildProcess[] = [];

  beforeAll(() => {
    if (!existsSync(BUILT)) throw new Error('Not built yet: run "npm run build".');
    folder = mkdtempSync(join(tmpdir(), 'cruddur-lock-'));
    writeFileSync(join(folder, 'holder.cjs'), HOLDER);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map(kill));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([1, 2, 3])(
    'is held by one of five processes that request it after its holder was killed, round %i',
    async (round) => {
      const path = join(folder, `database-${round}`);
      const first = await holder();
      expect(await ask(first, path)).toBe('held');
      const others = await Promise.all(Array.from({ length: 5 }, holder));
      await kill(first);

      const answers = await Promise.all(others.map((other) => ask(other, path)));

      expect(answers.sort()).toEqual(['held', ...Array<string>(4).fill('refused')]);
    },
    60_000,
  );

  async function holder(): Promise<ChildProcess> {
    const child = fork(join(folder, 'holder.cjs'));
    running.push(child);
    await once(child, 'message');
    return child;
  }
});

async function ask(child: ChildProcess, path: string): Promise<string> {
  const answer = once(child, 'message');
  child.send(path);
  return ((await answer) as [string])[0];
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
