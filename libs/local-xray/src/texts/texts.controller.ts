import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { Abandoned } from '../http/abandoned.decorator';
import { XrayError } from '../http/xray.error';
import { textOf } from '../http/query-string';
import { NotFoundError, TraceTexts } from './trace-texts';

/** `GET /traces/<id>.md`, `/traces/last.md` and `?node=<id of a subsegment>`: a trace as text. */
@Controller('traces')
export class TextsController {
  constructor(private readonly texts: TraceTexts) {}

  @Get(':id.md')
  @Header('Content-Type', 'text/markdown; charset=utf-8')
  async trace(
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
    @Abandoned() signal: AbortSignal,
  ): Promise<string> {
    try {
      return await this.texts.trace(id, textOf(query, 'node') || undefined, signal);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      throw new XrayError('ResourceNotFoundException', error.message);
    }
  }
}
