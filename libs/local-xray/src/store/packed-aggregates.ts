import { addSum, type BinSum } from '../aggregates/bin-sum';
import { pack, unpack } from '../aggregates/packed';
import { STEPS } from '../aggregates/counted';
import { EXCEPTION, HINT, ROUTE, STATEMENT, VERSION, WHOLE_TRACE } from '../aggregates/facets';
import { bytesOf, type Driver, type Statement } from './driver';
import { type Level, MINUTE, type PeriodSums } from './ended-periods';

const KINDS = [WHOLE_TRACE, ROUTE, HINT, STATEMENT, EXCEPTION, VERSION];
/** More than the longest duration needs. */
const MAX_BINS = 4096;
const [, TEN_MINUTES, TWO_HOURS] = STEPS;

/**
 * The aggregates of ten minutes and of two hours, one row for each kind. A page that shows a week then reads a
 * thousandth of the rows.
 */
export class PackedAggregates implements PeriodSums {
  static readonly LEVELS: readonly Level[] = [
    { period: TEN_MINUTES, of: MINUTE },
    { period: TWO_HOURS, of: TEN_MINUTES },
  ];

  private readonly insert: Statement;
  private readonly delete: Statement;

  constructor(private readonly driver: Driver) {
    this.insert = driver.prepare(
      'INSERT INTO packed_aggregates (kind, step, at, body) VALUES (?, ?, ?, ?)',
    );
    this.delete = driver.prepare(
      `DELETE FROM packed_aggregates WHERE kind IN (${KINDS.join(', ')}) AND step = ? AND at = ?`,
    );
  }

  stored(): { period: number; start: number }[] {
    // Every period that is added up has a row for whole traces.
    return this.driver
      .prepare('SELECT step AS period, at AS start FROM packed_aggregates WHERE kind = 0')
      .all();
  }

  remove(period: number, start: number): void {
    this.delete.run([period, start]);
  }

  addUp({ period, of }: Level, start: number): void {
    for (const kind of KINDS) {
      const sums =
        of === MINUTE
          ? this.ofMinutes(kind, start, start + period)
          : this.ofPacks(kind, of, start, start + period);
      // Without traces there is nothing of the other kinds.
      if (kind === WHOLE_TRACE && sums.length === 0) return;
      this.insert.run([kind, period, start, pack(sums)]);
    }
  }

  private ofMinutes(kind: number, from: number, to: number): BinSum[] {
    return this.driver
      .prepare(
        `SELECT facet, route, bin, sum(count) AS count, sum(seconds) AS seconds, sum(fault) AS fault, sum(error) AS error,
           sum(throttle) AS throttle, sum(traces) AS traces
         FROM aggregates WHERE kind = ? AND step = ${MINUTE} AND at >= ? AND at < ? GROUP BY 1, 2, 3 ORDER BY 1`,
      )
      .all<BinSum>([kind, from, to]);
  }

  private ofPacks(kind: number, step: number, from: number, to: number): BinSum[] {
    const sums = new Map<number, Map<number, BinSum>>();
    const rows = this.driver
      .prepare(
        'SELECT body FROM packed_aggregates WHERE kind = ? AND step = ? AND at >= ? AND at < ?',
      )
      .all<{ body: unknown }>([kind, step, from, to]);
    for (const { body } of rows) {
      unpack(bytesOf(body), (each) => {
        let ofFacet = sums.get(each.facet);
        if (!ofFacet) sums.set(each.facet, (ofFacet = new Map<number, BinSum>()));
        const key = each.route * MAX_BINS + each.bin;
        const sum = ofFacet.get(key);
        if (sum) addSum(sum, each);
        else ofFacet.set(key, { ...each });
      });
    }
    return [...sums.keys()]
      .sort((a, b) => a - b)
      .flatMap((facet) => [...sums.get(facet)!.values()]);
  }
}
