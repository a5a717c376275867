import { newId, newTraceId } from '@nestjs-xray/document';
import type { LocalXray } from '../src';
import { Thread } from '../src/threads/thread';
import type { FromThread } from '../src/threads/thread-messages';
import { call, put, start, until, url } from './support/client';

/** Answers of the readers' threads, including those that nobody waits for any more. */
function watchReaders() {
  const asked: string[] = [];
  const answers: string[] = [];
  const proto = Thread.prototype as unknown as {
    call: (name: string, ...rest: unknown[]) => Promise<unknown>;
    receive: (message: FromThread) => void;
  };
  const { call: callThread, receive } = proto;
  jest.spyOn(proto, 'call').mockImplementation(function (this: unknown, name, ...rest) {
    if (READS.includes(name)) asked.push(name);
    return Reflect.apply(callThread, this, [name, ...rest]);
  });
  jest.spyOn(proto, 'receive').mockImplementation(function (this: { name: string }, message) {
    if (this.name === 'reader' && message.kind === 'done') answers.push('done');
    if (this.name === 'reader' && message.kind === 'error') answers.push(message.error.name);
    Reflect.apply(receive, this, [message]);
  });
  return { asked, answers };
}

const READS = ['list', 'summaries', 'graph'];
/** More than two readers can answer at once, so that some must wait. */
const REQUESTS = 24;
const now = Date.now() / 1000 - 600;
/** No index answers this. */
const SLOW = 'service() { annotation.nothing = "x" }';

describe('A request that its client abandons', () => {
  let server: LocalXray;

  beforeAll(async () => {
    server = await start();
    for (let batch = 0; batch < 4; batch++) {
      const documents = Array.from({ length: 500 }, (_, at) => ({
        trace_id: newTraceId(now),
        id: newId(),
        name: `service-${at}`,
        start_time: now + at / 10,
        end_time: now + at / 10 + 1,
        annotations: { number: at },
      }));
      await put(server, ...documents);
    }
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => server.close());

  const window = { StartTime: now - 60, EndTime: now + 600 };
  it.each<[name: string, request: (filter: string) => [path: string, body?: object]]>([
    ['list', (filter) => [`/console/traces?filter=${encodeURIComponent(filter)}`]],
    ['summaries', (filter) => ['/TraceSummaries', { ...window, FilterExpression: filter }]],
  ])('ends its %s in the reader, which answers others', async (_, request) => {
    const readers = watchReaders();
    const aborter = new AbortController();
    const abandoned = Array.from({ length: REQUESTS }, (_, at) => {
      const [path, body] = request(SLOW + ' '.repeat(at));
      return fetch(url(server, path), {
        signal: aborter.signal,
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
      }).then(
        () => 'answered',
        () => 'abandoned',
      );
    });
    await until(
      () => Promise.resolve(readers.asked.length),
      (asked) => asked === REQUESTS,
      20_000,
    );
    aborter.abort();
    const outcomes = await Promise.all(abandoned);
    const answers = await until(
      () => Promise.resolve(readers.answers),
      ({ length }) => length === REQUESTS,
      20_000,
    );

    expect(outcomes).toContain('abandoned');
    // The first may have been ready before the client went.
    const ended = answers.filter((each) => each === 'AbortError');
    expect(ended.length).toBeGreaterThanOrEqual(REQUESTS / 2);
    const { status, body } = await call(server, 'TraceSummaries', {
      ...window,
      FilterExpression: 'annotation.number = 7',
    });
    expect([status, body.TraceSummaries.length]).toEqual([200, 4]);
  });
});
