import { faultyPost, TraceWriter } from '../../../../../libs/trace/test/cruddur-traces.mjs';
import { stripOf } from './compare.strip';
import { buildTree } from '@nestjs-xray/trace';

const T0 = 1_795_354_386;

function strip({ traceId: id, segments }: ReturnType<typeof faultyPost>, close = 0.002) {
  return stripOf(buildTree({ id, segments, orphans: [] }, T0 + 2), close);
}

describe('a trace on one line', () => {
  it('merges adjacent pieces of a kind, and shows where the fault started', () => {
    const pieces = strip(faultyPost(T0));

    expect(pieces.length).toBeLessThan(20);
    expect(pieces.map(({ hue }) => hue)).toContain('f');
    expect(pieces.find(({ hue, from }) => hue === 'sql' && from > 0.468)!.until).toBeCloseTo(
      1.0542,
    );
  });

  it('never draws overlapping pieces', () => {
    const pieces = strip(faultyPost(T0), 0);
    for (const [at, piece] of pieces.entries()) {
      expect(piece.until).toBeGreaterThan(piece.from);
      expect(piece.from).toBeGreaterThanOrEqual(pieces[at - 1]?.until ?? 0);
    }
  });

  it('is empty for a segment without subsegments', () => {
    const w = new TraceWriter(T0);

    expect(strip({ traceId: w.traceId, segments: [w.segment('api', 0, 10)] })).toEqual([]);
  });
});
