import {
  ListRetrievedTracesCommand,
  paginateBatchGetTraces,
  StartTraceRetrievalCommand,
  XRayClient,
} from '@aws-sdk/client-xray';
import { newId, newTraceId } from '@nestjs-xray/document';
import type { LocalXray } from '../src';
import { call, put, start, url } from './support/client';
import { describeWith, runProgram } from './support/processes';

const now = Date.now() / 1000 - 60;
/** The limit of a page with more than one trace. */
const MOST = 5_000_000;

/** A trace of so many segments of a megabyte each, the largest that a document may have. */
function largeTrace(megabytes: number) {
  const trace_id = newTraceId(now);
  return Array.from({ length: megabytes }, (_, at) => ({
    trace_id,
    id: newId(),
    name: 'report',
    start_time: now + at,
    end_time: now + at + 1,
    metadata: { default: { rows: 'x'.repeat(999_000) } },
  }));
}

interface Page {
  ids: string[];
  /** Ids of the segments, with the length of their documents. */
  segments: [id: string, length: number][];
}

function pageOf(
  traces: { Id?: string | undefined; parts: { Id?: string; Document?: string }[] | undefined }[],
): Page {
  return {
    ids: traces.map(({ Id }) => Id!),
    segments: traces.flatMap(({ parts }) =>
      parts!.map((each): [string, number] => [each.Id!, each.Document!.length]),
    ),
  };
}

describe('Whole traces', () => {
  let server: LocalXray;
  let client: XRayClient;
  const traces = [1, 2, 2, 1, 8, 1, 3, 1, 2, 1].map(largeTrace);
  const ids = traces.map(([first]) => first!.trace_id);
  const unknown = [newTraceId(now), newTraceId(now)];
  const TraceIds = [unknown[0]!, ...ids, unknown[1]!, ids[0]!];

  beforeAll(async () => {
    server = await start();
    client = new XRayClient({
      endpoint: url(server, ''),
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    for (const trace of traces) await put(server, ...trace);
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
  });

  function expectAll(pages: Page[]): void {
    expect(pages.flatMap((page) => page.ids)).toEqual(ids);
    expect(pages.flatMap(({ segments }) => segments)).toEqual(
      traces.flat().map((each) => [each.id, JSON.stringify(each).length]),
    );
    // 5 MB a page, and the trace of 8 MB alone: 1 + 2 + 2 | 1 | 8 | 1 + 3 + 1 | 2 + 1
    expect(pages.map((page) => page.ids.length)).toEqual([3, 1, 1, 3, 2]);
    for (const { ids, segments } of pages) {
      const length = segments.reduce((sum, [, each]) => sum + each, 0);
      expect(ids.length === 1 || length <= MOST).toBe(true);
    }
  }

  it('are paged by size in BatchGetTraces, and the paginator of the SDK gets all of them', async () => {
    const pages: Page[] = [];
    const unprocessed: string[][] = [];
    for await (const page of paginateBatchGetTraces({ client }, { TraceIds })) {
      pages.push(pageOf(page.Traces!.map(({ Id, Segments: parts }) => ({ Id, parts }))));
      unprocessed.push(page.UnprocessedTraceIds!);
    }

    expectAll(pages);
    expect(unprocessed).toEqual([unknown, [], [], [], []]);
  });

  it('are paged by size in ListRetrievedTraces too', async () => {
    const { RetrievalToken } = await client.send(
      new StartTraceRetrievalCommand({
        TraceIds,
        StartTime: new Date((now - 60) * 1000),
        EndTime: new Date((now + 60) * 1000),
      }),
    );
    const pages: Page[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(new ListRetrievedTracesCommand({ RetrievalToken, NextToken }));
      pages.push(pageOf(page.Traces!.map(({ Id, Spans: parts }) => ({ Id, parts }))));
      ({ NextToken } = page);
    } while (NextToken !== undefined);

    expectAll(pages);
  });

  it('are refused with a NextToken of another request', async () => {
    const { status, body } = await call(server, 'Traces', {
      TraceIds: [ids[0]],
      NextToken: ids[4],
    });

    expect(status).toBe(400);
    expect(body.Message).toBe(
      'NextToken is not one that this operation gave. Start again without it.',
    );
  });

  describeWith('with the AWS CLI', 'awscli', ['/usr/bin/aws', '--version'], () => {
    it('are all in what batch-get-traces prints', async () => {
      const { stdout, stderr } = await runProgram('/usr/bin/aws', [
        ...['xray', 'batch-get-traces', '--trace-ids', ...TraceIds],
        ...['--endpoint-url', url(server, ''), '--output', 'json', '--no-cli-pager'],
        ...['--query', '{ids: Traces[].Id, unknown: UnprocessedTraceIds}'],
      ]);

      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toEqual({ ids, unknown });
    });
  });
});
