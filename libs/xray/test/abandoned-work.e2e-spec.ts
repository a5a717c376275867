import { runChild } from './child/run-child';

describe('200,000 requests, one in ten with a call that never settles', () => {
  it('report these calls as in progress and retain nothing', async () => {
    const output = await runChild('abandoned-work.ts', { flags: ['--expose-gc'] });
    const { heaps, ...counts } = JSON.parse(output) as { heaps: number[] };
    expect(counts).toEqual({
      segments: 200_000,
      quick: 200_000,
      inProgress: 20_000,
      watched: 200,
      alive: 0,
    });
    // 10,000 abandoned calls lie between the second figure and the last: 1 MB would be 100 bytes each.
    expect(heaps.at(-1)! - heaps[1]!).toBeLessThan(1024);
  }, 150_000);
});
