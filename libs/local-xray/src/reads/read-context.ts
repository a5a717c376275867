import { type Filter, readFilter, TraceSearch, TraceStatistics } from '../query';
import type { Driver } from '../store/driver';
import { StoredTraces } from '../store/stored-traces';
import { StoredLogs } from '../store/trace-logs';
import type { TraceSelection } from './trace-reads';

/** A query names a group that does not exist. */
export class UnknownGroupError extends Error {
  override name = 'UnknownGroupError';
}

interface StoredGroup {
  GroupName: string;
  GroupARN: string;
  FilterExpression?: string;
}

/** The argument of the functions in the read table: a connection and its caches. */
export class ReadContext {
  readonly traces: StoredTraces;
  readonly logs: StoredLogs;
  readonly search: TraceSearch;
  readonly statistics: TraceStatistics;

  /** @param few as many traces are added up one by one; of more, the sums kept for each minute and so on */
  constructor(
    readonly database: Driver,
    readonly few = 5_000,
  ) {
    this.traces = new StoredTraces(database);
    this.logs = new StoredLogs(database);
    this.search = new TraceSearch(database);
    this.statistics = new TraceStatistics(database, this.search);
  }

  /**
   * The filter of a selection, with the filters of groups in their place.
   *
   * @throws FilterSyntaxError, UnknownGroupError
   */
  filter({ filter, group }: Pick<TraceSelection, 'filter' | 'group'>): Filter {
    const parts = [filter, group === undefined ? undefined : this.expressionOf(group)]
      .filter((each) => each !== undefined)
      .map((each) => this.read(each));
    return parts.length === 1 ? parts[0]! : { kind: 'and', items: parts };
  }

  /**
   * Checks an expression; `ofGroup` names the group that is to have it.
   *
   * @throws FilterSyntaxError
   */
  check(expression: string, ofGroup?: string): void {
    this.read(expression, ofGroup);
  }

  private read(expression: string, ofGroup?: string): Filter {
    return readFilter(expression, (by, value) => {
      const group = this.groups().find(
        ({ GroupName, GroupARN }) => (by === 'name' ? GroupName : GroupARN) === value,
      );
      if (!group) return undefined;
      return group.GroupName === ofGroup ? expression : (group.FilterExpression ?? '');
    });
  }

  groupNames(): string[] {
    return this.groups().map(({ GroupName }) => GroupName);
  }

  private expressionOf(group: string): string {
    if (group === 'Default') return '';
    const found = this.groups().find(
      ({ GroupName, GroupARN }) => GroupName === group || GroupARN === group,
    );
    if (found) return found.FilterExpression ?? '';
    throw new UnknownGroupError(`Group not found: ${group}`);
  }

  /** Read each time: there are few, and another thread changes them. */
  private groups(): StoredGroup[] {
    return this.database
      .prepare("SELECT body FROM settings WHERE kind = 'group'")
      .all<{ body: string }>()
      .map(({ body }) => JSON.parse(body) as StoredGroup)
      .filter(({ GroupName }) => GroupName !== 'Default');
  }
}
