import { Controller, Get, Header, Query, StreamableFile } from '@nestjs/common';
import { Abandoned } from '../http/abandoned.decorator';
import { invalidRequest, XrayError } from '../http/xray.error';
import type { DifferencesQuery, TraceSelection } from '../reads/trace-reads';
import { TraceStore } from '../engine/trace-store';
import { numberOf, textOf } from '../http/query-string';

const JSON_TYPE = 'application/json; charset=utf-8';
/** The length of the response when there is no data. */
const NULL_LENGTH = 'null'.length;

type Asked = Record<string, unknown>;

/** Requests of the console's pages about many traces; see console-api.ts. */
@Controller('console')
export class AnalysisController {
  constructor(private readonly store: TraceStore) {}

  @Get('overview')
  @Header('Content-Type', JSON_TYPE)
  async getOverview(
    @Query() query: Asked,
    @Abandoned() signal: AbortSignal,
  ): Promise<StreamableFile> {
    return new StreamableFile(await this.store.bytes.overview(selectionOf(query), signal));
  }

  @Get('routes')
  @Header('Content-Type', JSON_TYPE)
  async getRoutes(
    @Query() query: Asked,
    @Abandoned() signal: AbortSignal,
  ): Promise<StreamableFile> {
    const by = textOf(query, 'by') || 'route';
    if (!/^(route|service|user|annotation\..+)$/.test(by)) {
      throw invalidRequest('by must be route, service, user or annotation.KEY.');
    }
    return new StreamableFile(await this.store.bytes.routes({ ...selectionOf(query), by }, signal));
  }

  @Get('errors')
  @Header('Content-Type', JSON_TYPE)
  async getErrors(
    @Query() query: Asked,
    @Abandoned() signal: AbortSignal,
  ): Promise<StreamableFile> {
    return new StreamableFile(await this.store.bytes.errors(selectionOf(query), signal));
  }

  @Get('errors/example')
  @Header('Content-Type', JSON_TYPE)
  async getErrorExample(
    @Query() query: Asked,
    @Abandoned() signal: AbortSignal,
  ): Promise<StreamableFile> {
    const name = textOf(query, 'name');
    const found = await this.store.bytes.errorExample({ ...selectionOf(query), name }, signal);
    if (found.length > NULL_LENGTH) return new StreamableFile(found);
    throw new XrayError('ResourceNotFoundException', 'No trace in this range has this exception.');
  }

  @Get('queries')
  @Header('Content-Type', JSON_TYPE)
  async getQueries(
    @Query() query: Asked,
    @Abandoned() signal: AbortSignal,
  ): Promise<StreamableFile> {
    return new StreamableFile(await this.store.bytes.queries(selectionOf(query), signal));
  }

  @Get('differences')
  @Header('Content-Type', JSON_TYPE)
  async getDifferences(
    @Query() query: Asked,
    @Abandoned() signal: AbortSignal,
  ): Promise<StreamableFile> {
    const a = sideOf(query, 'a');
    const b = sideOf(query, 'b');
    if (!a) throw invalidRequest('a, aStart or aEnd must say which traces to compare.');
    const asked = { ...selectionOf(query), a, ...(b && { b }) };
    return new StreamableFile(await this.store.bytes.differences(asked, signal));
  }
}

function selectionOf(query: Asked): TraceSelection {
  const filter = textOf(query, 'filter') || undefined;
  const group = textOf(query, 'group') || undefined;
  return { from: numberOf(query, 'start', 0), to: numberOf(query, 'end', 1e11), filter, group };
}

function sideOf(query: Asked, name: 'a' | 'b'): DifferencesQuery['a'] | undefined {
  const filter = textOf(query, name) || undefined;
  const from = numberOf(query, `${name}Start`, 0);
  const to = numberOf(query, `${name}End`, 1e11);
  if (filter === undefined && from === 0 && to === 1e11) return undefined;
  return { filter, ...(from !== 0 && { from }), ...(to !== 1e11 && { to }) };
}
