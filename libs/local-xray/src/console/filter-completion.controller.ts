import { Controller, Get, Query } from '@nestjs/common';
import { Abandoned } from '../http/abandoned.decorator';
import type { FilterCompletion, FilterParts } from '../console-api';
import { TraceStore } from '../engine/trace-store';
import { numberOf, textOf } from '../http/query-string';

/** Requests of editors for filter expressions; see console-api.ts. */
@Controller('console')
export class FilterCompletionController {
  constructor(private readonly store: TraceStore) {}

  @Get('filter-completion')
  complete(
    @Query() query: Record<string, unknown>,
    @Abandoned() signal: AbortSignal,
  ): Promise<FilterCompletion> {
    const expression = textOf(query, 'expression');
    const offset = numberOf(query, 'offset', expression.length);
    return this.store.reads.filterCompletion({ expression, offset }, signal);
  }

  @Get('filter-parts')
  parts(
    @Query() query: Record<string, unknown>,
    @Abandoned() signal: AbortSignal,
  ): Promise<FilterParts> {
    return this.store.reads.filterParts(textOf(query, 'expression'), signal);
  }
}
