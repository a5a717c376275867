import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Sse,
  StreamableFile,
} from '@nestjs/common';
import type { Observable } from 'rxjs';
import { Abandoned } from '../http/abandoned.decorator';
import { Groups } from '../groups/groups';
import type {
  CompletionKind,
  Completions,
  ConsoleStatus,
  ImportResult,
  SourceExcerpt,
} from '../console-api';
import { invalidRequest, XrayError } from '../http/xray.error';
import type { ResolvedOptions } from '../options/local-xray.options';
import { LOCAL_XRAY_OPTIONS } from '../options/tokens';
import { best } from '../reads/best-completions';
import { TraceStore } from '../engine/trace-store';
import { ConsoleEvents, type ConsoleEvent } from './console-events';
import { importTraces } from './import';
import { readImport } from './import-text';
import { NoExcerptError, sourceExcerpt } from './source-excerpt';
import { textOf, numberOf } from '../http/query-string';
import { listQuery } from './list-query';
import { StatusService } from './status.service';

const COMPLETION_KINDS: readonly CompletionKind[] = [
  'services',
  'annotation-keys',
  'annotation-values',
  'users',
  'urls',
  'methods',
  'versions',
  'groups',
];
const JSON_TYPE = 'application/json; charset=utf-8';
/** The length of the response when there is no such trace. */
const NULL_LENGTH = 'null'.length;

/**
 * Requests of the viewer; see console-api.ts. Lists and traces are sent as the bytes that a reader
 * thread produced.
 */
@Controller('console')
export class ConsoleController {
  constructor(
    private readonly store: TraceStore,
    private readonly status: StatusService,
    private readonly events: ConsoleEvents,
    private readonly groups: Groups,
    @Inject(LOCAL_XRAY_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  @Get('status')
  getStatus(): ConsoleStatus {
    return this.status.status();
  }

  @Sse('events')
  getEvents(): Observable<ConsoleEvent> {
    return this.events.stream();
  }

  @Get('traces')
  @Header('Content-Type', JSON_TYPE)
  async getTraces(
    @Query() query: Record<string, unknown>,
    @Abandoned() signal: AbortSignal,
  ): Promise<StreamableFile> {
    const asked = listQuery(query);
    const { bytes } = this.store;
    const more = asked.after !== undefined || textOf(query, 'counts') === 'off';
    return new StreamableFile(await (more ? bytes.page : bytes.list)(asked, signal));
  }

  @Get('find')
  @Header('Content-Type', JSON_TYPE)
  async find(
    @Query() query: Record<string, unknown>,
    @Abandoned() signal: AbortSignal,
  ): Promise<StreamableFile> {
    return new StreamableFile(await this.store.bytes.find(textOf(query, 'text'), signal));
  }

  @Get('traces/:id')
  @Header('Content-Type', JSON_TYPE)
  async getTrace(
    @Param('id') id: string,
    @Abandoned() signal: AbortSignal,
  ): Promise<StreamableFile> {
    const found = await this.store.bytes.trace(id, signal);
    if (found.length > NULL_LENGTH) return new StreamableFile(found);
    const message = `There is no trace ${JSON.stringify(id.slice(0, 80))}. It may be older than the retention time.`;
    throw new XrayError('ResourceNotFoundException', message);
  }

  @Get('traces/:id/links')
  @Header('Content-Type', JSON_TYPE)
  async getLinks(
    @Param('id') id: string,
    @Abandoned() signal: AbortSignal,
  ): Promise<StreamableFile> {
    return new StreamableFile(await this.store.bytes.links(id, signal));
  }

  @Get('completions')
  async getCompletions(
    @Query() query: Record<string, unknown>,
    @Abandoned() signal: AbortSignal,
  ): Promise<Completions> {
    const kind = COMPLETION_KINDS.find((each) => each === query.kind);
    if (!kind) throw invalidRequest(`kind must be one of ${COMPLETION_KINDS.join(', ')}.`);
    const prefix = textOf(query, 'prefix');
    return { values: await this.complete(kind, textOf(query, 'key'), prefix, signal) };
  }

  @Get('source')
  getSource(@Query() query: Record<string, unknown>): SourceExcerpt {
    const line = numberOf(query, 'line', 1);
    try {
      return sourceExcerpt(this.options.sources, textOf(query, 'path'), line);
    } catch (error) {
      if (!(error instanceof NoExcerptError)) throw error;
      throw new XrayError('ResourceNotFoundException', error.message);
    }
  }

  @Post('import')
  @HttpCode(200)
  import(@Body() body: Buffer | undefined): Promise<ImportResult> {
    return importTraces(this.store.ingest, readImport(body));
  }

  private async complete(
    kind: CompletionKind,
    key: string,
    prefix: string,
    signal: AbortSignal,
  ): Promise<Completions['values']> {
    if (kind === 'groups') {
      const names = this.groups.all().map(({ GroupName }) => GroupName);
      return best(
        names.map((value) => ({ value, type: 'string', count: 1 })),
        prefix,
      );
    }
    return this.store.reads.completions({ kind, key, prefix }, signal);
  }
}
