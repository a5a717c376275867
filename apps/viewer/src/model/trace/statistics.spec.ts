import { faultyPost, TraceWriter } from '../../../../../libs/trace/test/cruddur-traces.mjs';
import { sortStatistics, statisticsOf } from './statistics';
import { buildTree } from '@nestjs-xray/trace';

const T0 = 1_795_354_386;

function rowsOf({ traceId: id, segments }: ReturnType<typeof faultyPost>) {
  return statisticsOf(buildTree({ id, segments, orphans: [] }, T0 + 2));
}

describe('statistics', () => {
  const rows = rowsOf(faultyPost(T0));
  const row = (label: string) => rows.find((one) => one.label === label)!;

  it('have all calls of an operation in one row', () => {
    const users = row('SELECT … FROM users WHERE uuid = $1');

    expect(users).toMatchObject({ count: 48, tag: 'SQL', hue: 'sql', worst: 'ok', failed: 0 });
    expect(users.nodes).toHaveLength(48);
    expect(users.total).toBeCloseTo(48 * 0.0114);
    expect(users.self).toBeCloseTo(users.total);
  });

  it('count how many failed, and how badly', () => {
    expect(row('localhost:8082 POST /score')).toMatchObject({
      count: 2,
      failed: 1,
      worst: 'throttle',
    });
    expect(row('SNS GetEndpointAttributes')).toMatchObject({ failed: 1, worst: 'error' });
  });

  it('distinguish where an error began from where it was passed up', () => {
    expect(row('PushService.deliver')).toMatchObject({ worst: 'fault', origin: true });
    expect(row('NotificationsClient.send')).toMatchObject({ worst: 'fault', origin: false });
  });

  it('have no durations for calls in progress', () => {
    expect(row('SearchService.index')).toMatchObject({ count: 1, running: 1, total: 0, p50: 0 });
  });

  it('are complete: counts and self times add up to the trace', () => {
    const { traceId: id, segments } = faultyPost(T0);
    const tree = buildTree({ id, segments, orphans: [] }, T0 + 2);

    const sum = (pick: (one: (typeof rows)[number]) => number) =>
      rows.reduce((all, one) => all + pick(one), 0);
    expect(sum((one) => one.count)).toBe(tree.nodes.length);
    const ended = tree.nodes.filter((node) => !node.inProgress);
    expect(sum((one) => one.self)).toBeCloseTo(ended.reduce((all, node) => all + node.self, 0));
  });

  it('give percentiles by nearest rank', () => {
    const w = new TraceWriter(T0);
    const children = Array.from({ length: 20 }, (_, at) =>
      w.sub('step', at * 100, at * 100 + at + 1),
    );
    const [, step] = rowsOf({
      traceId: w.traceId,
      segments: [w.segment('api', 0, 2_000, {}, children)],
    });

    expect([step!.p50, step!.p95, step!.max].map((value) => Math.round(value * 1000))).toEqual([
      10, 19, 20,
    ]);
  });

  it('count recursive calls once', () => {
    const w = new TraceWriter(T0);
    const inner = w.sub('walk', 20, 80);
    const outer = w.sub('walk', 10, 90, {}, [w.sub('visit', 15, 85, {}, [inner])]);
    const found = rowsOf({ traceId: w.traceId, segments: [w.segment('api', 0, 100, {}, [outer])] });
    const walk = found.find((one) => one.label === 'walk')!;

    expect(walk.count).toBe(2);
    expect(walk.total).toBeCloseTo(0.08);
    expect(walk.self).toBeCloseTo(0.07);
  });

  it('are sorted by any column, in both directions', () => {
    const byCount = sortStatistics(rows, 'count', true);
    expect(byCount[0]!.count).toBe(48);
    const byLabel = sortStatistics(rows, 'label', false).map((one) => one.label);
    expect(byLabel).toEqual([...byLabel].sort((a, b) => a.localeCompare(b)));
    expect(sortStatistics(rows, 'p95', false)[0]!.p95).toBe(
      Math.min(...rows.map((one) => one.p95)),
    );
  });
});
