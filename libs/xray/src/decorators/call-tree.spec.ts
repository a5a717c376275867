import fc from 'fast-check';
import { Observable, defer, lastValueFrom, of } from 'rxjs';
import { Subsegment } from 'nestjs-xray';
import { trace } from 'nestjs-xray/testing';

/** One call and what it calls in turn, all at once or one after the other. */
interface Call {
  id: number;
  kind: 'sync' | 'async' | 'promise' | 'observable' | 'generator' | 'asyncGenerator';
  throws: boolean;
  together: boolean;
  /** Turns of the event loop it waits between its calls, where it can. */
  turns: number;
  calls: Call[];
}

const details = { annotations: ([{ id }]: [Call]) => ({ id }) };

class Work {
  @Subsegment(details)
  sync(call: Call): number {
    for (const inner of call.calls) attempt(() => this.runSync(inner));
    return finish(call);
  }

  @Subsegment(details)
  async async(call: Call): Promise<number> {
    await this.callAll(call);
    return finish(call);
  }

  @Subsegment(details)
  promise(call: Call): Promise<number> {
    return this.callAll(call).then(() => finish(call));
  }

  @Subsegment(details)
  observable(call: Call): Observable<number> {
    return defer(() => {
      if (call.calls.some(({ kind }) => kind !== 'sync')) {
        return this.callAll(call).then(() => finish(call));
      }
      for (const inner of call.calls) attempt(() => this.runSync(inner));
      return of(finish(call));
    });
  }

  @Subsegment(details)
  *generator(call: Call): Generator<number> {
    for (const inner of call.calls) {
      yield inner.id;
      attempt(() => this.runSync(inner));
    }
    yield finish(call);
  }

  @Subsegment(details)
  async *asyncGenerator(call: Call): AsyncGenerator<number> {
    await this.callAll(call);
    yield call.id;
    yield finish(call);
  }

  private runSync(call: Call): void {
    if (call.kind === 'sync') this.sync(call);
    else for (const _ of this.generator(call));
  }

  /** Starts `call` at once, and waits until it is over. */
  run(call: Call): Promise<unknown> {
    switch (call.kind) {
      case 'sync':
      case 'generator':
        return new Promise((done) => done(this.runSync(call)));
      case 'observable':
        return lastValueFrom(this.observable(call));
      case 'asyncGenerator':
        return (async () => {
          for await (const _ of this.asyncGenerator(call));
        })();
      default:
        return this[call.kind](call);
    }
  }

  private async callAll({ calls, together, turns }: Call): Promise<void> {
    const wait = async () => {
      for (let i = 0; i < turns; i++) await new Promise((turn) => setImmediate(turn));
    };
    if (together) {
      await Promise.all(calls.map((call) => this.run(call).catch(() => undefined)));
      return wait();
    }
    for (const call of calls) {
      await this.run(call).catch(() => undefined);
      await wait();
    }
  }
}

function finish({ id, throws }: Call): number {
  if (throws) throw new Error(`call ${id}`);
  return id;
}

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // A caller that goes on.
  }
}

type Unnumbered = Omit<Call, 'id'>;

const { any } = fc.letrec<{ any: Unnumbered; sync: Unnumbered }>((tie) => {
  const shape = { throws: fc.boolean(), together: fc.boolean(), turns: fc.nat(2) };
  const limit = { depthIdentifier: 'calls', maxDepth: 4 };
  const sync = fc.constantFrom('sync' as const, 'generator' as const);
  const others = fc.constantFrom(
    'async' as const,
    'promise' as const,
    'observable' as const,
    'asyncGenerator' as const,
  );
  const none = fc.constant<Call[]>([]);
  const some = (call: fc.Arbitrary<Unnumbered>) =>
    fc.array(call, { minLength: 1, maxLength: 4, depthIdentifier: 'calls' }) as fc.Arbitrary<
      Call[]
    >;
  const leaf = fc.record({ ...shape, kind: sync, calls: none });
  const quick = fc.record({ ...shape, kind: others, calls: none });
  const calling = fc.record({ ...shape, kind: sync, calls: some(tie('sync')) });
  const waiting = fc.record({ ...shape, kind: others, calls: some(tie('any')) });
  return {
    sync: fc.oneof(limit, leaf, calling),
    any: fc.oneof(limit, leaf, quick, calling, { weight: 4, arbitrary: waiting }),
  };
});

/** Gives every call of a trace a number of its own. */
function numbered(call: Omit<Call, 'id'>, next = { id: 0 }): Call {
  return { ...call, id: ++next.id, calls: call.calls.map((inner) => numbered(inner, next)) };
}

interface Shape {
  id: unknown;
  name: string;
  failed: boolean;
  calls: Shape[];
}

const expected = ({ id, kind, throws, calls }: Call): Shape => ({
  id,
  name: `Work.${kind}`,
  failed: throws,
  calls: calls.map(expected),
});

const actual = (node: any): Shape => ({
  id: node.annotations.id,
  name: node.name,
  failed: node.fault === true,
  calls: (node.subsegments ?? []).map(actual),
});

const all = (nodes: any[] = []): any[] => nodes.flatMap((node) => [node, ...all(node.subsegments)]);

describe('traces of concurrent calls of every kind', () => {
  it('are exactly the trees of these calls, with every node closed and no calls mixed up', async () => {
    let nodes = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(any, { minLength: 1, maxLength: 4 }), async (drawn) => {
        const roots = drawn.map((call) => numbered(call));
        const traces = await Promise.all(
          roots.map((call) => trace(() => new Work().run(call).catch(() => undefined))),
        );
        traces.forEach(({ segment }, at) => {
          expect((segment.subsegments ?? []).map(actual)).toEqual([expected(roots[at]!)]);
          for (const node of all(segment.subsegments)) {
            expect(node.in_progress).toBeUndefined();
            expect(node.end_time).toBeGreaterThanOrEqual(node.start_time);
            for (const inner of node.subsegments ?? []) {
              expect(inner.start_time).toBeGreaterThanOrEqual(node.start_time);
              expect(inner.end_time).toBeLessThanOrEqual(node.end_time);
            }
          }
        });
        const ids = traces.flatMap(({ segment }) => all([segment]).map(({ id }) => id as string));
        expect(new Set(ids).size).toBe(ids.length);
        nodes += ids.length;
      }),
      { numRuns: 100 },
    );
    // What was drawn were trees, not only leaves.
    expect(nodes).toBeGreaterThan(100 * 8);
  });
});
