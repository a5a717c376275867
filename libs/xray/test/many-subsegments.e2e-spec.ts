import { startLocalXray } from 'local-xray';
import { UdpEmitter, XrayService } from 'nestjs-xray';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { tracing } from './tracing';

const logger = { warn: () => undefined };

interface Node {
  id: string;
  name: string;
  parent_id?: string;
  metadata?: { nestjs_xray?: { siblings?: number } };
  in_progress?: boolean;
  subsegments?: Node[];
}

/** What a receiver in a process of its own has got. */
interface Received {
  datagrams: number;
  documents: Node[];
}

/**
 * A receiver that has the buffer of a socket with Linux's defaults, 212,992 bytes, and a process of
 * its own, as a daemon has.
 */
class Receiver {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(): Promise<Receiver> {
    const child = fork(resolve(__dirname, 'child/receive.cjs'));
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new Receiver(child, port);
  }

  /** What came, once `ids` subsegments are there or nothing more comes. */
  async received(subsegments: number): Promise<Received> {
    this.child.send({ subsegments });
    const [received] = (await once(this.child, 'message')) as [Received];
    return received;
  }

  /** From now on it reads nothing, as a program that hangs. */
  hang(): void {
    this.child.kill('SIGSTOP');
  }

  /** What the kernel says it dropped at this receiver's socket. */
  async drops(): Promise<number> {
    const port = `:${this.port.toString(16).toUpperCase().padStart(4, '0')} `;
    const sockets = await readFile('/proc/net/udp', 'latin1');
    const line = sockets.split('\n').find((each) => each.slice(0, 25).includes(port));
    return Number(line!.trim().split(/\s+/).at(-1));
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }
}

const isPack = ({ metadata }: Node) => metadata?.nestjs_xray?.siblings !== undefined;

/** The finished nodes by id, those that hold siblings together left out. */
function nodesOf(documents: Node[]): Map<string, Node> {
  const nodes = new Map<string, Node>();
  const visit = (node: Node, parent?: string): void => {
    const pack = isPack(node);
    if (!pack && !node.in_progress) nodes.set(node.id, { ...node, parent_id: parent });
    for (const child of node.subsegments ?? []) visit(child, pack ? parent : node.id);
  };
  for (const document of documents) visit(document, document.parent_id);
  return nodes;
}

const step = (xray: XrayService, n: number) => xray.capture(`step ${n}`, async () => n);

describe('very many subsegments', () => {
  let receiver: Receiver;
  beforeEach(async () => void (receiver = await Receiver.start()));
  afterEach(() => receiver.stop());

  /** Closing gives up after a while, which is not the point here: all is sent before. */
  const start = async () => {
    const emitter = new UdpEmitter({ host: '127.0.0.1', port: receiver.port, logger });
    const xray = await tracing({ serviceName: 'worker', logger, emitter });
    const close = async () => {
      await emitter.flush();
      await xray.close();
    };
    return { ...xray, close };
  };

  it.each([
    ['one after another', 50_000],
    ['all at once', 20_000],
  ])('arrive completely, in few datagrams, and are counted: %s', async (how, count) => {
    const xray = await start();
    await xray.service.captureSegment('job', async () => {
      if (how === 'all at once') {
        await Promise.all(Array.from({ length: count }, (_, n) => step(xray.service, n)));
      } else for (let n = 0; n < count; n++) await step(xray.service, n);
    });
    await xray.close();
    const { sent, failed, dropped, closed, datagrams } = xray.service.stats();
    expect({ failed, dropped, missing: closed - sent }).toEqual({
      failed: 0,
      dropped: 0,
      missing: 0,
    });
    const received = await receiver.received(count + 1);
    const nodes = [...nodesOf(received.documents).values()];
    const [job, ...others] = nodes.filter(({ name }) => name === 'job');
    expect(others).toEqual([]);
    const steps = nodes.filter(({ name }) => name.startsWith('step '));
    expect(new Set(steps.map(({ name }) => name)).size).toBe(count);
    expect(steps.filter(({ parent_id }) => parent_id !== job!.id)).toEqual([]);
    expect(received.datagrams).toBe(datagrams);
    expect(datagrams).toBeLessThan(count / 50);
  });

  it('are sent while the segment is open', async () => {
    const xray = await start();
    let finish = () => {};
    const job = xray.service.captureSegment('job', async () => {
      for (let n = 0; n < 1_000; n++) await step(xray.service, n);
      await new Promise<void>((done) => (finish = done));
    });
    const { documents } = await receiver.received(900);
    expect(documents.some(({ name }) => name === 'job')).toBe(false);
    expect(nodesOf(documents).size).toBeGreaterThanOrEqual(900);
    finish();
    await job;
    await xray.close();
    expect(nodesOf((await receiver.received(1_001)).documents).size).toBe(1_001);
  });

  it('keep their place, whatever is open around them and starts below them', async () => {
    const xray = await start();
    const { service } = xray;
    const late: (() => void)[] = [];
    const afterwards: Promise<unknown>[] = [];
    await service.captureSegment('job', async () => {
      for (let group = 0; group < 20; group++) {
        await service.capture(`group ${group}`, async () => {
          for (let n = 0; n < 30; n++) {
            await service.capture(`in ${group}/${n}`, async () => {
              // Goes on after the call that started it is closed and may have left.
              const begun = new Promise<void>((done) => late.push(done));
              afterwards.push(
                begun.then(() => service.capture(`late ${group}/${n}`, async () => undefined)),
              );
            });
          }
        });
      }
      // Some have left by then, and are written.
      while (service.stats().datagrams === 0) await new Promise((turn) => setImmediate(turn));
      late.splice(0).forEach((go) => go());
      await Promise.all(afterwards);
    });
    await xray.close();
    const count = 20 * 61 + 1;
    const nodes = nodesOf((await receiver.received(count)).documents);
    expect(nodes.size).toBe(count);
    const parentOf = ({ parent_id }: Node) => nodes.get(parent_id!)?.name;
    for (const node of nodes.values()) {
      const [kind, place] = node.name.split(' ') as [string, string];
      if (kind === 'late') expect(parentOf(node)).toBe(`in ${place}`);
      if (kind === 'in') expect(parentOf(node)).toBe(`group ${place.split('/')[0]}`);
      if (kind === 'group') expect(parentOf(node)).toBe('job');
    }
    const { sent, closed } = service.stats();
    expect(sent).toBe(closed);
  });

  it('stay where they are with an open call anywhere below them', async () => {
    const xray = await start();
    const { service } = xray;
    let finish = () => {};
    await service.captureSegment('job', async () => {
      let inner: Promise<void> | undefined;
      const open = () => new Promise<void>((done) => (finish = done));
      service.capture('outer', () => {
        service.capture('middle', () => {
          inner = service.capture('inner', open);
          return 1;
        });
        return 1;
      });
      for (let n = 0; n < 300; n++) await step(service, n);
      while (service.stats().datagrams === 0) await new Promise((turn) => setImmediate(turn));
      finish();
      await inner;
    });
    await xray.close();
    const { documents } = await receiver.received(304);
    const nodes = nodesOf(documents);
    const named = (name: string) => [...nodes.values()].find((node) => node.name === name)!;
    expect(nodes.size).toBe(304);
    expect(named('inner').parent_id).toBe(named('middle').id);
    expect(named('middle').parent_id).toBe(named('outer').id);
    expect(named('outer').parent_id).toBe(named('job').id);
    // One would be sent on its own, and counted, if its parents had left before it ended.
    expect(service.stats().closed).toBe(1);
  });

  it.each([1_000, 2_000])('%d small queries lose none on their way, six times', async (count) => {
    const runs = 6;
    const xray = await start();
    for (let run = 0; run < runs; run++) {
      await xray.request(() => {
        for (let n = 0; n < count; n++) {
          xray.service.capture('shop@db', (query) => {
            query!.namespace = 'remote';
            query!.sql = {
              url: 'postgresql://db:5432/shop',
              database_type: 'PostgreSQL',
              user: 'app',
              sanitized_query: 'SELECT id, name, price FROM products WHERE id = $1',
            };
          });
        }
      });
    }
    await xray.close();
    const { documents, datagrams } = await receiver.received(runs * (count + 1));
    expect(nodesOf(documents).size).toBe(runs * (count + 1));
    expect(xray.service.stats()).toMatchObject({ datagrams, receiverDrops: 0 });
  });
});

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('a receiver that hangs', () => {
  let receiver: Receiver;
  beforeEach(async () => void (receiver = await Receiver.start()));
  afterEach(() => receiver.stop());

  it('is logged with the number of datagrams that the kernel dropped', async () => {
    const warnings: string[] = [];
    const emitter = new UdpEmitter({
      host: '127.0.0.1',
      port: receiver.port,
      logger: { warn: (message) => warnings.push(message) },
    });
    const xray = await tracing({ serviceName: 'shop', logger, emitter });
    receiver.hang();
    const { service } = xray;
    for (let n = 0; n < 400; n++) await service.captureSegment(`job ${n}`, async () => undefined);
    await emitter.flush();
    await xray.close();
    const { datagrams, receiverDrops } = service.stats();
    expect(datagrams).toBe(400);
    expect(receiverDrops).toBeGreaterThan(0);
    expect(receiverDrops).toBe(await receiver.drops());
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`127.0.0.1:${receiver.port}: the socket's buffer was full`);
  });
});

describe('local X-Ray', () => {
  it('shows siblings that arrived together directly below their parent', async () => {
    const server = await startLocalXray({ address: '127.0.0.1:0', database: ':memory:' });
    const emitter = new UdpEmitter({ host: '127.0.0.1', port: server.port, logger });
    const xray = await tracing({ serviceName: 'worker', emitter });
    const traceId = await xray.service.captureSegment('job', async () => {
      for (let n = 0; n < 500; n++) await step(xray.service, n);
      return xray.service.traceId;
    });
    await xray.close();
    const names = async () => {
      const response = await fetch(`http://${server.address}/console/traces/${traceId}`);
      if (!response.ok) return [];
      const { segments } = (await response.json()) as { segments: Node[] };
      return (segments[0]?.subsegments ?? []).map(({ name }) => name).sort();
    };
    const deadline = Date.now() + 10_000;
    while ((await names()).length < 500 && Date.now() < deadline);
    expect(await names()).toEqual(Array.from({ length: 500 }, (_, n) => `step ${n}`).sort());
    await server.close();
  });
});
