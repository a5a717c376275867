import { Injectable } from '@nestjs/common';
import { TraceQuery } from '../api/trace-query';
import type { TraceList } from '../console-api';
import type { Cursor, SearchRequest } from '../query';
import { ERROR, FAULT, THROTTLE } from '../store/schema';
import { type StoredRow, TRACE_ROW_COLUMNS, traceRow } from '../store/trace-reader';

/** The console's list of traces. */
@Injectable()
export class TraceLists {
  constructor(private readonly query: TraceQuery) {}

  async list(
    window: { from: number; to: number },
    expression: string | undefined,
    group: string | undefined,
    limit: number,
  ): Promise<TraceList> {
    const request = { ...window, filter: this.query.filter(expression, group) };
    await this.query.store.ingest.flush();
    const counts = await this.counts(request);
    const rows: StoredRow[] = [];
    let after: Cursor | undefined;
    do {
      const page = await this.query.search.page<StoredRow>(
        { ...request, limit: limit - rows.length, ...(after && { after }) },
        TRACE_ROW_COLUMNS,
      );
      rows.push(...page.rows);
      after = page.next;
    } while (after && rows.length < limit);
    return { rows: rows.map(traceRow), counts, truncated: counts.total > rows.length };
  }

  private async counts(request: SearchRequest): Promise<TraceList['counts']> {
    const counts = { total: 0, ok: 0, error: 0, throttle: 0, fault: 0 };
    for (const [flags, count] of await this.query.search.countByFlags(request)) {
      counts.total += count;
      if (flags & FAULT) counts.fault += count;
      else if (flags & THROTTLE) counts.throttle += count;
      else if (flags & ERROR) counts.error += count;
      else counts.ok += count;
    }
    return counts;
  }
}
