import { Injectable } from '@nestjs/common';
import { TraceStore } from '../engine/trace-store';
import type { Cursor } from '../query';
import type { Input } from '../http/input';
import { badToken, readToken, writeToken } from '../http/page';

const PAGE = 1000;
/** The resolution of epoch seconds in a double: a quarter of a microsecond. */
const RESOLUTION = 2 ** -22;
const BY = { TraceId: 'start', Event: 'active', Service: 'end' } as const;
/** AWS allows 250 characters, which hardly any expression in its documentation would fit into. */
const MAX_EXPRESSION = 2000;

/** GetTraceSummaries. https://docs.aws.amazon.com/xray/latest/api/API_GetTraceSummaries.html */
@Injectable()
export class TraceSummaries {
  constructor(private readonly store: TraceStore) {}

  /**
   * Returns the response as JSON text: summaries are stored as JSON and sent unchanged.
   *
   * `TraceId` (the default) finds a trace by its start, `Event` if it was active at any time in the window, and
   * `Service` by its last end. Windows exclude their end, so that adjacent windows never return a trace twice.
   */
  async find(input: Input, signal: AbortSignal): Promise<string> {
    const from = input.requiredTime('StartTime');
    const to = input.requiredTime('EndTime');
    if (from > to) throw input.wrong('EndTime', 'must not be before StartTime');
    const range = input.oneOf('TimeRangeType', ['TraceId', 'Event', 'Service']) ?? 'TraceId';
    const filter = input.string('FilterExpression', { max: MAX_EXPRESSION });
    const keep = sampler(input);
    const token = input.string('NextToken');
    const { summaries, processed, next } = await this.store.reads.summaries(
      {
        from,
        to: to - RESOLUTION,
        filter,
        by: BY[range],
        limit: PAGE,
        ...(token !== undefined && { after: readCursor(token) }),
      },
      signal,
    );
    const texts = summaries.filter(({ id }) => keep(id)).map(({ text }) => text);
    const rest = {
      ApproximateTime: Date.now() / 1000,
      TracesProcessedCount: processed,
      ...(next && { NextToken: writeToken('summaries', `${next.at} ${next.n}`) }),
    };
    return `{"TraceSummaries":[${texts.join(',')}],${JSON.stringify(rest).slice(1)}`;
  }
}

function readCursor(token: string): Cursor {
  const [at, n] = readToken(token, 'summaries').split(' ').map(Number);
  if (!Number.isFinite(at) || !Number.isFinite(n)) throw badToken();
  return { at: at!, n: n! };
}

/** With Sampling and the strategy FixedRate, selects a share of the traces, always the same ones. */
function sampler(input: Input): (id: string) => boolean {
  const sampling = input.boolean('Sampling') ?? false;
  const strategy = input.object('SamplingStrategy');
  const name = strategy?.oneOf('Name', ['PartialScan', 'FixedRate']);
  const rate = strategy?.number('Value', { min: 0, max: 1 }) ?? 1;
  if (!sampling || name !== 'FixedRate') return () => true;
  return (id) => parseInt(id.slice(-8), 16) / 2 ** 32 < rate;
}
