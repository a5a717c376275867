import { Controller, Get, Header, Inject, Param, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { TraceStore } from '../engine/trace-store';
import { Abandoned } from '../http/abandoned.decorator';
import { XrayError } from '../http/xray.error';
import { textOf } from '../http/query-string';
import type { ResolvedOptions } from '../options/local-xray.options';
import { LOCAL_XRAY_OPTIONS } from '../options/tokens';
import { readPageParts, tracePage } from './trace-page';
import { missing, NotFoundError, TraceTexts } from './trace-texts';

/** The length of the response when there is no such trace. */
const NULL_LENGTH = 'null'.length;

/** A trace as one file, addressed by its id, by a header that contains it, or `last`. */
@Controller('traces')
export class TextsController {
  constructor(
    private readonly texts: TraceTexts,
    private readonly store: TraceStore,
    @Inject(LOCAL_XRAY_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /** `GET /traces/<id>.md`, optionally with `?node=<id of a subsegment>`: the trace as text. */
  @Get(':id.md')
  @Header('Content-Type', 'text/markdown; charset=utf-8')
  async text(
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
    @Abandoned() signal: AbortSignal,
  ): Promise<string> {
    return orNotFound(this.texts.trace(id, textOf(query, 'node') || undefined, signal));
  }

  /** `GET /traces/<id>.html`: a standalone page that contains the trace. */
  @Get(':id.html')
  @Header('Content-Type', 'text/html; charset=utf-8')
  async page(
    @Param('id') given: string,
    @Abandoned() signal: AbortSignal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const id = await orNotFound(this.texts.idOf(given, signal));
    const found = await this.store.bytes.trace(id, signal);
    if (found.length <= NULL_LENGTH) {
      throw new XrayError('ResourceNotFoundException', missing(id));
    }
    const parts = readPageParts(this.options.viewer);
    if (!parts) {
      throw new XrayError(
        'ServiceUnavailableException',
        'A trace cannot be exported as HTML: the console is not built. Run npm run build.',
      );
    }
    response.setHeader('Content-Disposition', `attachment; filename="trace-${id}.html"`);
    return tracePage(id, Buffer.from(found).toString('utf8'), Date.now() / 1000, parts);
  }
}

async function orNotFound<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new XrayError('ResourceNotFoundException', error.message);
  }
}
