import { Controller, Get, UseFilters } from '@nestjs/common';
import {
  ApiInternalServerErrorResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { UnloggedErrorFilter } from './unlogged-error.filter';
import { Mistakes, type WordCount } from './mistakes.service';

/** Two of the three mistakes that Cruddur can be asked to make; the third is `home?n_plus_one=1`. */
@ApiTags('mistakes')
@Controller('api/mistakes')
@UseFilters(UnloggedErrorFilter)
export class MistakesController {
  constructor(private readonly mistakes: Mistakes) {}

  @Get('slow-query')
  @ApiOperation({ summary: 'A query that takes much longer than it has to' })
  @ApiOkResponse({ description: 'The words that the newest cruds use most.' })
  slowQuery(): Promise<WordCount[]> {
    return this.mistakes.slowQuery();
  }

  @Get('fault')
  @ApiOperation({ summary: 'A TypeError: it greets somebody who is not there' })
  @ApiInternalServerErrorResponse({ description: 'Always.' })
  fault(): Promise<string> {
    return this.mistakes.greet('nobody');
  }
}
