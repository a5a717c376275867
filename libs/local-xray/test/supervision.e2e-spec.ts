import { SupervisedThread } from '../src/threads/supervised-thread';
import { Thread } from '../src/threads/thread';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A thread's program that does as it is told. */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
if (workerData.broken) throw new Error('broken from the start');
parentPort.postMessage({ kind: 'ready' });
parentPort.on('message', ({ kind, call, name }) => {
  if (kind === 'close') parentPort.close();
  else if (name === 'die') throw new Error('out of luck');
  else if (name === 'spin') for (;;);
  else if (name === 'echo') parentPort.postMessage({ kind: 'done', call, value: 'echo' });
});
`;

describe('a supervised thread', () => {
  let folder: string;
  let file: string;
  const died: string[] = [];
  const gaveUp: string[] = [];
  const watcher = {
    died: (reason: Error) => died.push(reason.message),
    gaveUp: (reason: Error) => gaveUp.push(reason.message),
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'local-xray-threads-'));
    file = join(folder, 'program.js');
    writeFileSync(file, PROGRAM);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    died.length = gaveUp.length = 0;
  });

  const start = (data: object = {}) => Thread.start('reader', { file, workerData: data });

  it('is restarted when it ends, and reports why it ended', async () => {
    const supervised = await SupervisedThread.start(() => start(), watcher);
    const dying = (await supervised.running()).call('die', []);

    await expect(dying).rejects.toMatchObject({
      name: 'ThreadEndedError',
      message: 'The reader of local X-Ray has ended: out of luck',
    });
    expect(await (await supervised.running()).call('echo', [])).toBe('echo');
    expect(died).toEqual(['The reader of local X-Ray has ended: out of luck']);
    await supervised.close();
    expect(died).toHaveLength(1);
  });

  it('is not restarted again if it keeps ending', async () => {
    const supervised = await SupervisedThread.start(() => start(), watcher);
    const thread = async () => (await supervised.running()).call('die', []);
    for (let death = 0; death < 5; death++) await expect(thread()).rejects.toThrow('out of luck');

    await expect(supervised.running()).rejects.toThrow('out of luck');
    expect(gaveUp).toHaveLength(1);
    await supervised.close();
  });

  it('is given up if it cannot be restarted', async () => {
    let starts = 0;
    const supervised = await SupervisedThread.start(() => start({ broken: starts++ > 0 }), watcher);
    await expect((await supervised.running()).call('die', [])).rejects.toThrow();

    await expect(supervised.running()).rejects.toThrow('broken from the start');
    expect(gaveUp).toHaveLength(1);
  });

  it('stops within two seconds, whatever it does', async () => {
    const supervised = await SupervisedThread.start(() => start(), watcher);
    const spinning = (await supervised.running()).call('spin', []);
    spinning.catch(() => undefined);
    const before = performance.now();
    await supervised.close();

    expect(performance.now() - before).toBeLessThan(2000);
    await expect(spinning).rejects.toMatchObject({ name: 'ThreadEndedError' });
  });
});
