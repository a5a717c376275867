import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, newTraceId } from '@nestjs-xray/document';
import { openDatabase } from '../src/store/open-database';
import { StoredTraces } from '../src/store/stored-traces';

/** The command as it is published: it starts in a third of the time that its parts take one by one. */
const MAIN = join(__dirname, '..', 'bin', 'local-xray.js');
const BUILT = join(__dirname, '..', 'dist', 'index.js');
const ROUNDS = 20;

/** Starts local X-Ray as a process and waits for the line that names its address. */
async function spawnServer(file: string): Promise<{ child: ChildProcess; base: string }> {
  const child = spawn(process.execPath, [MAIN, '--address', '127.0.0.1:0', '--db', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, base: /http:\/\/\S+/.exec(String(line))![0] };
}

describe('local X-Ray, killed while it receives documents', () => {
  let folder: string;
  beforeAll(() => {
    if (!existsSync(BUILT))
      throw new Error('Run npm run build first: this starts the built program.');
    folder = mkdtempSync(join(tmpdir(), 'local-xray-kill-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it(`has every acknowledged document after ${ROUNDS} kills`, async () => {
    const file = join(folder, 'xray.db');
    const acknowledged = new Map<string, string>();
    for (let round = 0; round < ROUNDS; round++) {
      const { child, base } = await spawnServer(file);
      const exited = once(child, 'exit');
      const clients = Array.from({ length: 3 }, async () => {
        for (;;) {
          const documents = Array.from({ length: 20 }, () => ({
            trace_id: newTraceId(),
            id: newId(),
            name: 'shop',
            start_time: Date.now() / 1000,
            end_time: Date.now() / 1000 + 0.1,
            annotations: { round },
          }));
          const body = JSON.stringify({
            TraceSegmentDocuments: documents.map((each) => JSON.stringify(each)),
          });
          const answer = await fetch(`${base}/TraceSegments`, { method: 'POST', body });
          if ((await answer.text()) !== '{"UnprocessedTraceSegments":[]}')
            throw new Error('refused');
          for (const { trace_id, id } of documents) acknowledged.set(trace_id, id);
          // A different moment of the work each time.
          if (acknowledged.size > (round + 1) * 300 + round * 7) child.kill('SIGKILL');
        }
      });
      // Each ends with a broken connection.
      await Promise.allSettled(clients);
      await exited;
    }

    // What the last kill left undone is done at the next start.
    const { child, base } = await spawnServer(file);
    await fetch(`${base}/console/traces?limit=1`);
    child.kill('SIGTERM');
    await once(child, 'exit');

    const driver = openDatabase(file);
    const reader = new StoredTraces(driver);
    const missing = [...acknowledged].filter(
      ([trace, id]) => !reader.texts(trace)?.texts[0]?.includes(id),
    );
    const counted = driver
      .prepare('SELECT sum(count) AS count FROM aggregates WHERE kind = 0 AND step = 60')
      .get<{ count: number }>()!.count;
    const integrity = driver.prepare('PRAGMA integrity_check').get();
    driver.close();
    expect(acknowledged.size).toBeGreaterThan(ROUNDS * 300);
    expect({ missing, integrity }).toEqual({ missing: [], integrity: { integrity_check: 'ok' } });
    expect(counted).toBe(reader.count());
    // Twenty starts of a program, each seconds long on a busy machine.
  }, 300_000);

  it('writes everything before it stops on SIGTERM', async () => {
    const file = join(folder, 'end.db');
    const { child, base } = await spawnServer(file);
    const id = newTraceId();
    const document = { trace_id: id, id: newId(), name: 'shop', start_time: 1, end_time: 2 };
    await fetch(`${base}/TraceSegments`, {
      method: 'POST',
      body: JSON.stringify({ TraceSegmentDocuments: [JSON.stringify(document)] }),
    });
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];

    expect(code).toBe(0);
    expect(existsSync(`${file}-wal`)).toBe(false);
    const driver = openDatabase(file);
    expect(new StoredTraces(driver).texts(id)?.texts).toHaveLength(1);
    driver.close();
  });

  it('says which port is in use and which variable sets another one, and exits with 1', async () => {
    const { child, base } = await spawnServer(join(folder, 'first.db'));
    const second = spawn(process.execPath, [MAIN], {
      env: { ...process.env, XRAY_LOCAL_ADDRESS: base.slice(7), XRAY_LOCAL_DB: ':memory:' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let message = '';
    second.stderr.on('data', (chunk) => (message += chunk));
    const [code] = (await once(second, 'exit')) as [number];
    child.kill('SIGTERM');
    await once(child, 'exit');

    expect(code).toBe(1);
    expect(message).toContain(`${base.slice(7)} (TCP): the port is in use`);
    expect(message).toContain('XRAY_LOCAL_ADDRESS');
  });
});
