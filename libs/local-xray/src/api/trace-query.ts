import { Inject, Injectable } from '@nestjs/common';
import { type Filter, FilterSyntaxError, readFilter, TraceSearch, TraceStatistics } from '../query';
import { TraceStore } from '../store/trace-store';
import { type Group, Groups } from './groups';
import { XrayError } from './xray.error';

/** Filter expressions, with the groups that they refer to, and the search that they are given to. */
@Injectable()
export class TraceQuery {
  readonly search: TraceSearch;
  readonly statistics: TraceStatistics;

  constructor(
    @Inject(TraceStore) readonly store: TraceStore,
    private readonly groups: Groups,
  ) {
    this.search = new TraceSearch(store.reader.driver);
    this.statistics = new TraceStatistics(store.reader.driver, this.search);
  }

  /**
   * @throws XrayError that says what is wrong with the expression; its body also has the
   *   position, the length and what was expected there.
   */
  filter(expression: string | undefined, group?: string): Filter {
    const parts = [expression, group === undefined ? undefined : this.expressionOf(group)]
      .filter((each) => each !== undefined)
      .map((each) => this.read(each));
    return parts.length === 1 ? parts[0]! : { kind: 'and', items: parts };
  }

  /** Checks the expression of a group that is made or, when given, changed: it must not come to refer to itself. */
  check(expression: string | undefined, changed?: Group): void {
    if (expression !== undefined) this.read(expression, changed);
  }

  /** By name or ARN. `Default` is every trace. */
  private expressionOf(group: string): string {
    if (group === 'Default') return '';
    const found = this.groups.byNameOrArn(group);
    if (found) return found.FilterExpression ?? '';
    throw new XrayError('InvalidRequestException', `Group not found: ${group}`);
  }

  /** Turns what `parse` says of an expression into the error that the API answers. */
  explain<T>(parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof FilterSyntaxError)) throw error;
      const { message, position, length, expected } = error;
      throw new XrayError('InvalidRequestException', message, { position, length, expected });
    }
  }

  private read(expression: string, changed?: Group): Filter {
    return this.explain(() =>
      readFilter(expression, (by, value) => {
        const group = this.groups.byNameOrArn(value);
        if (!group || (by === 'name' ? group.GroupName : group.GroupARN) !== value)
          return undefined;
        return group === changed ? expression : (group.FilterExpression ?? '');
      }),
    );
  }
}
