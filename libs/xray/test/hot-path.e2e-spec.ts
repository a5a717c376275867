import type { Counts } from './child/call-counter';
import type { Options, RequestCounts } from './child/count-requests';
import { runChild } from './child/run-child';
import { udpDaemon } from './udp-daemon';

/*
 * What a request costs, counted and not timed: a clock on a shared machine lies. Each figure is
 * what one request does beyond the same request to the same application without XrayModule.
 */

describe('a request with five decorated async calls', () => {
  it.each<[string, Options]>([
    ['without the interceptor', { interceptor: false }],
    ['with it', {}],
    ["with it and one of the application's", { intercepted: true }],
  ])('does no more work than expected when it is recorded, %s', async (_mode, options) => {
    const { extra, requests, documents, subsegments } = await beyondUntraced(options);

    expect(extra).toEqual({
      hooks: 0,
      // The segment's and five subsegments'. Events without a listener need none.
      contexts: 6,
      // The segment asks for the time twice and sets its clock once, a subsegment asks twice, the emitter once.
      clockReadings: 3 + 5 * 2 + 1,
      listeners: 2,
      // http and annotations; all else is put together as text.
      stringified: 2,
      datagrams: 1,
      turns: 1,
      // What follows the promise of each call, and is what its caller awaits.
      promises: 5,
      // Sixty bytes a request, out of 8,192 at a time.
      randomFills: expect.closeTo(0, 1),
      lateProperties: 0,
    });
    expect(documents).toBe(requests);
    expect(subsegments).toBe(requests * 5);
  });

  it.each<[string, Options]>([
    ['without the interceptor', { interceptor: false }],
    ['with it', {}],
  ])('does almost no work when it is not sampled, %s', async (_mode, options) => {
    const { extra, documents } = await beyondUntraced({ ...options, sampling: 0 });

    // Calls from here must tell the callee that the trace is not recorded.
    expect(extra).toEqual({ ...NOTHING, contexts: 1, randomFills: expect.closeTo(0, 1) });
    expect(documents).toBe(0);
  });

  it('has no context when it is not sampled and nothing needs to be propagated', async () => {
    const { extra } = await beyondUntraced({ interceptor: false, sampling: 0, capture: false });

    expect(extra).toEqual({ ...NOTHING, randomFills: expect.closeTo(0, 1) });
  });
});

describe('a decorated call', () => {
  it('allocates its node, and nothing when it is not recorded', async () => {
    // A nursery so large that nothing is collected while bytes are counted.
    const flags = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64'];
    const bytes = JSON.parse(await runChild('allocations.ts', { flags })) as Record<string, number>;

    expect(bytes.syncRecorded).toBeLessThan(400);
    expect(bytes.asyncRecorded).toBeLessThan(1_500);
    // At most the list of its arguments.
    expect(bytes.syncUnsampled).toBeLessThan(100);
    expect(bytes.syncOutside).toBeLessThan(100);
    // As many as the undecorated method's own promise takes.
    expect(bytes.asyncOutside).toBeLessThan(bytes.asyncPlain! + 100);
  });
});

const NOTHING: Counts = {
  hooks: 0,
  contexts: 0,
  clockReadings: 0,
  listeners: 0,
  stringified: 0,
  datagrams: 0,
  turns: 0,
  promises: 0,
  randomFills: 0,
  lateProperties: 0,
};

/** What a request does beyond what it does without XrayModule, and what arrived of all of them. */
async function beyondUntraced(options: Options) {
  const daemon = await udpDaemon();
  const given = { ...options, daemonAddress: `127.0.0.1:${daemon.port}` };
  const output = await runChild('count-requests.ts', { args: [JSON.stringify(given)] });
  const { requests, warmUp, traced, untraced } = JSON.parse(output) as RequestCounts;
  const names = Object.keys(untraced) as (keyof Counts)[];
  const extra = Object.fromEntries(
    names.map((name) => [name, (traced[name] - untraced[name]) / requests]),
  );
  if (options.sampling !== 0) await daemon.received(warmUp + requests);
  await daemon.close();
  const documents = daemon.documents.slice(warmUp);
  return {
    extra,
    requests,
    documents: documents.length,
    subsegments: documents.reduce((sum, document) => sum + nodesUnder(document), 0),
  };
}

interface Tree {
  subsegments?: Tree[];
}

function nodesUnder({ subsegments = [] }: Tree): number {
  return subsegments.reduce((sum, child) => sum + 1 + nodesUnder(child), 0);
}
