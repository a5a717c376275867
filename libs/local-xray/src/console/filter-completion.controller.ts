import { Controller, Get, Query } from '@nestjs/common';
import { Abandoned } from '../http/abandoned.decorator';
import type { FilterCompletion } from '../query';
import { TraceStore } from '../engine/trace-store';
import { numberOf, textOf } from '../http/query-string';

/** `GET /console/filter-completion?expression=&offset=`: what can be written there, for editors of filter expressions. */
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
}
