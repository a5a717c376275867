import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const BUILT = resolve('dist/apps/cruddur/src');

// The first start makes the embedded database's template.
jest.setTimeout(120_000);

/** A process of the built application, and what it said. */
interface Started {
  child: ChildProcess;
  said(): string;
  /** Resolves with what stands after `text` on the same line. */
  says(text: string): Promise<string>;
  ended: Promise<number | NodeJS.Signals>;
}

describe('the process', () => {
  let folder: string;
  const running: Started[] = [];

  beforeAll(() => {
    if (!existsSync(join(BUILT, 'main.js'))) throw new Error('Not built yet: run "npm run build".');
    folder = mkdtempSync(join(tmpdir(), 'cruddur-'));
  });
  afterEach(async () => {
    for (const { child, ended } of running.splice(0)) {
      child.kill('SIGKILL');
      await ended;
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  function start(script: string, env: Record<string, string>): Started {
    const child = spawn(process.execPath, [join(BUILT, script)], {
      env: { PATH: process.env['PATH'], CRUDDUR_DATA_DIR: folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    let heard = () => {};
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        heard();
      });
    }
    const ended = once(child, 'close').then(
      ([code, signal]: (number | NodeJS.Signals | null)[]) => code ?? signal ?? -1,
    );
    const says = (text: string) =>
      new Promise<string>((settle, reject) => {
        heard = () => {
          const rest = said.split(text)[1];
          if (rest?.includes('\n')) settle(rest.split('\n')[0]!.trim());
        };
        heard();
        void ended.then(() => reject(new Error(`It ended without "${text}":\n${said}`)));
      });
    const started = { child, said: () => said, says, ended };
    running.push(started);
    return started;
  }

  it.each(['SIGINT', 'SIGTERM'] as const)('keeps its rows over a %s', async (signal) => {
    const first = start('main.js', { PORT: '0' });
    const url = await first.says('Cruddur listens on ');
    const answer = await fetch(`${url}/api/activities`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: `before ${signal}`, ttl: '1-day' }),
    });
    expect(answer.status).toBe(200);
    first.child.kill(signal);
    expect(await first.ended).toBe(signal);

    const second = start('main.js', { PORT: '0' });
    const found = await fetch(
      `${await second.says('Cruddur listens on ')}/api/activities/search?term=before%20${signal}`,
    );
    expect(await found.json()).toHaveLength(1);
  });

  it('keeps its rows after it is killed', async () => {
    const first = start('main.js', { PORT: '0' });
    const url = await first.says('Cruddur listens on ');
    await fetch(`${url}/api/activities`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'before the end', ttl: '1-day' }),
    });
    first.child.kill('SIGKILL');
    await first.ended;

    const second = start('main.js', { PORT: '0' });
    const found = await fetch(
      `${await second.says('Cruddur listens on ')}/api/activities/search?term=before%20the%20end`,
    );
    expect(await found.json()).toHaveLength(1);
  });

  it.each([
    ['main.js', 'PORT'],
    ['notifications/main.js', 'NOTIFICATIONS_PORT'],
  ])('%s says which port is in use and which variable to set', async (script, variable) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;

    const started = start(script, { [variable]: String(port) });

    expect(await started.ended).toBe(1);
    expect(started.said()).toContain(`127.0.0.1:${port}`);
    expect(started.said()).toContain(`set ${variable} to another port`);
    other.close();
  });

  it('names the variable with an invalid port', async () => {
    const started = start('main.js', { PORT: '99999' });

    expect(await started.ended).toBe(1);
    expect(started.said()).toContain('PORT=99999: it is not a port');
  });

  it('does not open the embedded database a second time', async () => {
    await start('main.js', { PORT: '0' }).says('Cruddur listens on ');
    const second = start('main.js', { PORT: '0' });

    expect(await second.ended).toBe(1);
    expect(second.said()).toContain('another process has it open');
    expect(second.said()).toContain('CRUDDUR_DATA_DIR');
  });

  it('names the folder that it cannot write to, and the variable to set', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const started = start('main.js', { PORT: '0', CRUDDUR_DATA_DIR: file });

    expect(await started.ended).toBe(1);
    expect(started.said()).toContain(`in ${join(file, 'cruddur-pg')}: EEXIST`);
    expect(started.said()).toContain('set CRUDDUR_DATA_DIR to another one');
    expect(started.said()).not.toContain('damaged');
  });

  it('rejects a DATABASE_URL that is not an address of PostgreSQL', async () => {
    const started = start('main.js', { PORT: '0', DATABASE_URL: 'localhost:5432/cruddur' });

    expect(await started.ended).toBe(1);
    expect(started.said()).toContain('DATABASE_URL');
    expect(started.said()).toContain('postgresql://user:password@host:5432/database');
  });

  it('does not load Rollbar without a token', async () => {
    const script =
      `const { createApp } = require(${JSON.stringify(join(BUILT, 'create-app.js'))});` +
      'createApp({ logger: false }).then((app) => {' +
      "  console.log('loaded', Object.keys(require.cache).filter((f) => /[/]rollbar[/]/.test(f)).length);" +
      '  return app.close(); });';
    const child = spawn(process.execPath, ['-e', script], {
      env: { PATH: process.env['PATH'], CRUDDUR_DATA_DIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await once(child, 'close');

    expect(said).toBe('loaded 0\n');
  });
});
