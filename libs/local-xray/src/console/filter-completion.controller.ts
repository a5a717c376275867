import { Controller, Get, Query } from '@nestjs/common';
import { completeFilter, type FilterCompletion } from '../query';
import { numberOf, textOf } from './query-string';

/** `GET /console/filter-completion?expression=&offset=`: what can be written there, for editors of filter expressions. */
@Controller('console')
export class FilterCompletionController {
  @Get('filter-completion')
  complete(@Query() query: Record<string, unknown>): FilterCompletion {
    const expression = textOf(query, 'expression');
    return completeFilter(expression, numberOf(query, 'offset', expression.length));
  }
}
