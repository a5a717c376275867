import { Subsegment, UdpEmitter } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { tracing } from './tracing';
import { udpDaemon } from './udp-daemon';

class Recursion {
  @Subsegment('step')
  async steps(left: number): Promise<number> {
    await Promise.resolve();
    return left === 0 ? 0 : 1 + (await this.steps(left - 1));
  }

  @Subsegment('step')
  endless(depth: number): number {
    return 1 + this.endless(depth + 1);
  }
}

interface Part {
  id: string;
  name: string;
  parent_id?: string;
  end_time?: number;
  subsegments?: Part[];
}

/** The parent of every node, by their ids. */
function parentsOf(documents: Part[]): Map<string, string | undefined> {
  const parents = new Map<string, string | undefined>();
  const pending = [...documents];
  for (const { id, parent_id, subsegments = [] } of pending) {
    parents.set(id, parent_id);
    for (const child of subsegments) pending.push({ ...child, parent_id: id });
  }
  return parents;
}

/** How many nodes lie one below the other, the segment included. */
function depthOf(documents: Part[]): number {
  const parents = parentsOf(documents);
  const inner = new Set(parents.values());
  let id = [...parents.keys()].find((each) => !inner.has(each));
  let depth = 0;
  for (; id !== undefined; id = parents.get(id)) depth++;
  return depth;
}

describe('a trace that is deeper than the stack', () => {
  it('is sent in parts that name their parents', async () => {
    const emitter = new MemoryEmitter();
    const { service, close } = await tracing({ serviceName: 'deep', emitter });
    expect(await service.captureSegment('root', () => new Recursion().steps(10_000))).toBe(10_000);
    const { documents } = emitter;
    expect(documents.at(-1)!.name).toBe('root');
    // 400 levels below each, as docs/configuration.md says.
    expect(documents).toHaveLength(25);
    expect(depthOf(documents)).toBe(1 + 10_001);
    expect(parentsOf(documents).size).toBe(1 + 10_001);
    expect(service.stats()).toMatchObject({ closed: documents.length, failed: 0 });
    await close();
  });

  it('is complete even if the application overflows the stack', async () => {
    const daemon = await udpDaemon();
    const logger = { warn: () => undefined };
    const emitter = new UdpEmitter({ host: '127.0.0.1', port: daemon.port, logger });
    const { service, close } = await tracing({ serviceName: 'deep', emitter });
    const work = () => service.captureSegment('root', () => new Recursion().endless(0));
    expect(work).toThrow(RangeError);
    await close();
    const { closed, sent, failed } = service.stats();
    expect(closed).toBeGreaterThan(1);
    expect([sent, failed]).toEqual([closed, 0]);
    const root = () => daemon.documents.find(({ name }) => name === 'root');
    for (let n = 2; !root(); n++) await daemon.received(n);
    await daemon.close();
    expect(root()).toMatchObject({ fault: true, end_time: expect.any(Number) });
  });
});
