import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Sse } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { Groups } from '../api/groups';
import type {
  CompletionKind,
  Completions,
  ConsoleStatus,
  ImportResult,
  SourceExcerpt,
  Trace,
  TraceList,
} from '../console-api';
import { parseJson } from '../api/input';
import { invalidRequest, XrayError } from '../api/xray.error';
import type { ResolvedOptions } from '../local-xray.options';
import { LOCAL_XRAY_OPTIONS } from '../server/tokens';
import { stitch } from '../store/stitch';
import { revive } from '../store/trace-reader';
import { TraceStore } from '../store/trace-store';
import { best, COMPLETION_KINDS, completions } from './completions';
import { ConsoleEvents, type ConsoleEvent } from './console-events';
import { importTraces } from './import';
import { sourceExcerpt } from './source-excerpt';
import { TraceLists } from './trace-list';
import { numberOf, textOf } from './query-string';
import { StatusService } from './status.service';

/** What the viewer asks; see console-api.ts. */
@Controller('console')
export class ConsoleController {
  constructor(
    private readonly store: TraceStore,
    private readonly status: StatusService,
    private readonly events: ConsoleEvents,
    private readonly groups: Groups,
    private readonly lists: TraceLists,
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
  getTraces(@Query() query: Record<string, unknown>): Promise<TraceList> {
    const window = { from: numberOf(query, 'start', 0), to: numberOf(query, 'end', 1e11) };
    const limit = Math.min(Math.max(1, Math.floor(numberOf(query, 'limit', 1000))), 10_000);
    const filter = textOf(query, 'filter') || undefined;
    return this.lists.list(window, filter, textOf(query, 'group') || undefined, limit);
  }

  @Get('traces/:id')
  async getTrace(@Param('id') id: string): Promise<Trace> {
    const found = await this.store.read((reader) => reader.texts(id));
    if (!found) {
      const message = `There is no trace ${JSON.stringify(id.slice(0, 80))}. It may be older than the retention time.`;
      throw new XrayError('ResourceNotFoundException', message);
    }
    const { segments, orphans } = stitch(revive(found.texts));
    return {
      id: id.toLowerCase(),
      duration: found.duration,
      segments,
      orphans,
      revision: found.revision,
    };
  }

  @Get('completions')
  async getCompletions(@Query() query: Record<string, unknown>): Promise<Completions> {
    const kind = COMPLETION_KINDS.find((each) => each === query.kind);
    if (!kind) throw invalidRequest(`kind must be one of ${COMPLETION_KINDS.join(', ')}.`);
    const prefix = textOf(query, 'prefix');
    return { values: await this.complete(kind, textOf(query, 'key'), prefix) };
  }

  @Get('source')
  getSource(@Query() query: Record<string, unknown>): SourceExcerpt {
    const line = numberOf(query, 'line', 1);
    const excerpt = sourceExcerpt(this.options.sources, textOf(query, 'path'), line);
    if (excerpt) return excerpt;
    throw new XrayError(
      'ResourceNotFoundException',
      'There is no such line of source here. Folders of source are named with --source.',
    );
  }

  @Post('import')
  @HttpCode(200)
  import(@Body() body: Buffer | undefined): Promise<ImportResult> {
    return importTraces(this.store.ingest, parseJson(body));
  }

  private async complete(
    kind: CompletionKind,
    key: string,
    prefix: string,
  ): Promise<Completions['values']> {
    if (kind === 'groups') {
      const names = this.groups.all().map(({ GroupName }) => GroupName);
      return best(
        names.map((value) => ({ value, type: 'string', count: 1 })),
        prefix,
      );
    }
    return this.store.read(({ driver }) => completions(driver, kind, key, prefix));
  }
}
