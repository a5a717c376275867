import { faultyPost, TraceWriter } from '../../../../../libs/trace/test/cruddur-traces.mjs';
import { flameOf, zoomed, type Flame } from './flame';
import { buildTree } from '@nestjs-xray/trace';

const T0 = 1_795_354_386;

function flame({ traceId: id, segments }: ReturnType<typeof faultyPost>): Flame {
  return flameOf(buildTree({ id, segments, orphans: [] }, T0 + 2));
}
const frame = (of: Flame, label: string) => of.frames.find((one) => one.label === label)!;

describe('a flame graph', () => {
  const faulty = flame(faultyPost(T0));

  it('merges the calls of an operation with the same parent', () => {
    const users = frame(faulty, 'SELECT … FROM users WHERE uuid = $1');

    expect(users.nodes).toHaveLength(48);
    expect(users.parent!.label).toBe('FeedService.fanOut');
    expect(users.worst).toBe('ok');
  });

  it('keeps calls with different parents apart', () => {
    const w = new TraceWriter(T0);
    const built = flame({
      traceId: w.traceId,
      segments: [
        w.segment('api', 0, 100, {}, [
          w.sub('a', 0, 40, {}, [w.sub('shared', 0, 30)]),
          w.sub('b', 50, 90, {}, [w.sub('shared', 50, 60)]),
        ]),
      ],
    });

    expect(built.frames.filter((one) => one.label === 'shared')).toHaveLength(2);
  });

  it('has no child outside its parent, and no overlapping siblings', () => {
    for (const one of faulty.frames) {
      let x = one.x;
      for (const child of one.children) {
        expect(child.x).toBeCloseTo(x);
        expect(child.depth).toBe(one.depth + 1);
        x += child.width;
      }
      expect(x).toBeLessThanOrEqual(one.x + one.width + 1e-9);
    }
    expect(
      faulty.frames.filter((one) => one.depth === 0).reduce((sum, one) => sum + one.width, 0),
    ).toBeCloseTo(1);
  });

  it('puts the widest first', () => {
    for (const one of faulty.frames) {
      const widths = one.children.map((child) => child.width);
      expect(widths).toEqual([...widths].sort((a, b) => b - a));
    }
  });

  it('is wide enough for concurrent calls', () => {
    const w = new TraceWriter(T0);
    const built = flame({
      traceId: w.traceId,
      segments: [w.segment('api', 0, 100, {}, [w.sub('a', 0, 100), w.sub('b', 0, 100)])],
    });

    expect(built.value).toBeCloseTo(0.2);
    expect(frame(built, 'a').width).toBeCloseTo(0.5);
  });

  it('counts work in progress until the response', () => {
    const running = frame(faulty, 'SearchService.index');

    expect(running.total).toBeCloseTo(0.0045);
    expect(faulty.value).toBeLessThan(1.4);
  });

  it('zooms so that the focus and its ancestors fill the width', () => {
    const focus = frame(faulty, 'FeedService.fanOut');

    expect(zoomed(focus, focus)).toEqual({ x: 0, width: 1 });
    expect(zoomed(focus.parent!, focus)).toEqual({ x: 0, width: 1 });
    const [child] = focus.children;
    expect(zoomed(child!, focus).width).toBeCloseTo(child!.width / focus.width);
    expect(zoomed(frame(faulty, 'UsersService.findByHandle'), focus)).not.toEqual({
      x: 0,
      width: 1,
    });
    expect(zoomed(focus, undefined)).toBe(focus);
  });

  it('draws 20,000 levels without overflowing the stack', () => {
    const w = new TraceWriter(T0);
    let doc = w.sub('leaf', 0, 1);
    for (let level = 0; level < 20_000; level++) doc = w.sub(`level ${level}`, 0, 1, {}, [doc]);

    expect(flame({ traceId: w.traceId, segments: [w.segment('api', 0, 1, {}, [doc])] }).depth).toBe(
      20_002,
    );
  });

  it('draws an empty trace', () => {
    expect(flame({ traceId: '', segments: [] })).toEqual({ frames: [], depth: 0, value: 0 });
  });
});
