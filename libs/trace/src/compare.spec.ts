import { faultyPost, goodPost, TraceWriter } from '../test/cruddur-traces.mjs';
import { compareTrees, type Comparison } from './compare';
import type { SubsegmentDocument } from './document';
import type { TraceTree } from './trace-node';
import { buildTree } from './trace-tree';

const T0 = 1_795_354_386;

const treeOf = ({ traceId: id, segments }: ReturnType<typeof goodPost>): TraceTree =>
  buildTree({ id, segments, orphans: [] }, T0 + 2);

function tree(ms: number, write: (w: TraceWriter) => SubsegmentDocument[]): TraceTree {
  const w = new TraceWriter(T0);
  return treeOf({ traceId: w.traceId, segments: [w.segment('api', 0, ms, {}, write(w))] });
}
const outline = ({ rows }: Comparison) =>
  rows.map(({ label, depth, change, delta }) => {
    const ms = Math.round(delta * 10_000) / 10;
    return `${'  '.repeat(depth)}${label} ${change} ${ms}`;
  });

describe('the comparison of two traces', () => {
  const comparison = compareTrees(treeOf(goodPost(T0)), treeOf(faultyPost(T0)));

  it('shows what is new, gone and slower, and by how much', () => {
    expect(outline(comparison)).toEqual([
      'backend-nest slower 1098',
      '  AuthGuard.canActivate same 0.5',
      '    TokenService.verify same 0.4',
      '    SessionsRepository.find same 0.6',
      '  ActivitiesController.create slower 1092',
      '    ActivitiesService.create slower 1088',
      '      UsersService.findByHandle same 1',
      '        SELECT … FROM users WHERE handle = $1 same 0.7',
      '      LinkPreviewService.fetch new 184',
      '        localhost:8081 GET /preview new 182',
      '      SpamService.check slower 96.8',
      '        SpamCache.get gone -2.4',
      '        localhost:8082 POST /score slower 48.5',
      '      ActivitiesRepository.insert same 1.4',
      '        BEGIN same 0',
      '        INSERT INTO activities (user_uuid, message, expires_at) VALUES ($1, $2, $3) RETURNING uuid same 1',
      '        COMMIT same 0.4',
      '      FeedService.fanOut slower 598.4',
      '        SELECT … FROM followers WHERE user_uuid = $1 same 1.7',
      '        SELECT … FROM users WHERE uuid = ANY($1) gone -7.7',
      '        SELECT … FROM users WHERE uuid = $1 new 547.2',
      '      NotificationsClient.send new 201',
      '        notifications POST /activity.created new 199',
      '          notifications new 194',
      '            NotificationsHandler.onCreated new 191.5',
      '              SELECT … FROM devices WHERE user_uuid = $1 new 15.4',
      '              PushService.deliver new 172',
      '                SNS GetEndpointAttributes new 89.4',
      '  SearchService.index new 720.5',
      '    localhost:8083 POST /documents new 719',
    ]);
    expect(comparison.counts).toEqual({ new: 12, gone: 2, slower: 6, faster: 0, same: 10 });
  });

  it('names what explains most of the difference, not everything that contains it', () => {
    expect(comparison.delta).toBeCloseTo(1.098);
    expect(comparison.mostly.map(({ label }) => label)).toEqual([
      'FeedService.fanOut',
      'NotificationsClient.send',
      'LinkPreviewService.fetch',
    ]);
  });

  it('merges repeated calls with the same parent, and says how often they ran', () => {
    const row = comparison.rows.find(({ label }) => label === 'localhost:8082 POST /score')!;

    expect([row.a!.count, row.b!.count]).toEqual([1, 2]);
    expect([row.a!.worst, row.b!.worst]).toEqual(['ok', 'throttle']);
  });

  it('marks what is still running', () => {
    expect(
      comparison.rows.find(({ label }) => label === 'SearchService.index')!.b!.inProgress,
    ).toBe(true);
  });

  it('is reversed if its sides are swapped', () => {
    const back = compareTrees(treeOf(faultyPost(T0)), treeOf(goodPost(T0)));

    expect(back.delta).toBeCloseTo(-comparison.delta);
    expect(back.counts).toMatchObject({
      new: comparison.counts.gone,
      gone: comparison.counts.new,
      faster: 6,
    });
    expect(back.mostly[0]!.label).toBe('FeedService.fanOut');
  });

  it('finds no difference between a trace and itself', () => {
    const one = treeOf(faultyPost(T0));
    const { rows, delta, mostly } = compareTrees(one, one);

    expect(rows.every(({ change }) => change === 'same')).toBe(true);
    expect([delta, mostly]).toEqual([0, []]);
  });

  it('places what is gone where it used to be', () => {
    const a = tree(50, (w) => [w.sub('first', 0, 9), w.sub('old', 10, 19), w.sub('last', 20, 29)]);
    const b = tree(50, (w) => [w.sub('new', 0, 9), w.sub('first', 10, 19), w.sub('last', 20, 29)]);

    expect(compareTrees(a, b).rows.map(({ label, change }) => `${label} ${change}`)).toEqual([
      'api same',
      'new new',
      'first same',
      'old gone',
      'last same',
    ]);
  });

  it('compares requests of different services as entirely gone and entirely new', () => {
    const w = new TraceWriter(T0);
    const other = treeOf({ traceId: w.traceId, segments: [w.segment('other', 0, 20)] });

    expect(
      outline(
        compareTrees(
          tree(10, () => []),
          other,
        ),
      ),
    ).toEqual(['api gone -10', 'other new 20']);
  });

  it('compares with a trace that has no documents', () => {
    const none = treeOf({ traceId: '', segments: [] });

    expect(compareTrees(none, none)).toMatchObject({ rows: [], delta: 0, mostly: [] });
    expect(
      outline(
        compareTrees(
          none,
          tree(10, () => []),
        ),
      ),
    ).toEqual(['api new 10']);
  });
});
