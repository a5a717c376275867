import type { SegmentDocument } from '@nestjs-xray/document';
import { TraceWriter } from '../../../libs/trace/test/cruddur-traces.mjs';
import { describeInChromium } from './chromium';
import { Console } from './console';
import { soon } from '../../../test/support/soon';

const T0 = Date.now() / 1000 - 200;

/** Keys that mean something else in a filter expression, unless they are quoted. */
const KEYS = [
  'plain_1',
  '1st',
  'a.b',
  'a.b "c"',
  "it's",
  'x[0]',
  'x]',
  '["y"]',
  'two words',
  'back\\slash',
  'ends\\',
  'a = 1 OR b',
  'true',
  'über-größe/€',
  '{curly} (round)',
  '#hash & %41+',
];
/** Values in which a quotation mark, a backslash or a line may end it too early. */
const VALUES = ['x"y\\z', '\\', '"', '" OR ok OR "', 'two\nlines', '<b>&amp;', '', 'true', '5'];
const NUMBERS = [0, -1.5, 1e21, 1e-7, 9007199254740991, true, false];
const USERS = ['o"brien', 'DOMAIN\\user', 'a" OR user != "b', "d'arc", 'sören (ops)'];

describeInChromium('filter by this value', () => {
  let xray: Console;
  /** What is clicked, and the trace that it must lead to, alone. */
  const cases: { name: string; field: string; traceId: string }[] = [];

  beforeAll(async () => {
    xray = await Console.start();
    const segments: SegmentDocument[] = [];
    let at = 0;
    const write = (more: object) => {
      const w = new TraceWriter(T0 + at++ / 10);
      segments.push(w.segment('shop', 0, 5, more));
      return w.traceId;
    };
    const annotated = (key: string, value: string | number | boolean) => ({
      annotations: { [key]: value },
    });
    for (const key of KEYS) {
      const traceId = write(annotated(key, 'here'));
      write(annotated(key, 'there'));
      cases.push({ name: `the key ${key}`, field: key, traceId });
    }
    write(annotated('other', 'here'));
    for (const value of [...VALUES, ...NUMBERS]) {
      const traceId = write(annotated('value', value));
      cases.push({ name: `the value ${JSON.stringify(value)}`, field: 'value', traceId });
    }
    for (const user of USERS) {
      cases.push({ name: `the user ${user}`, field: 'User', traceId: write({ user }) });
    }
    for (const url of ['http://shop/a?q="b"&c=\\d', 'http://shop/[x]#y']) {
      const traceId = write({
        http: { request: { method: 'GET', url }, response: { status: 200 } },
      });
      cases.push({ name: `the URL ${url}`, field: 'URL', traceId });
    }
    await xray.send(segments);
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  it.each(['key', 'value', 'user', 'URL'])(
    'finds the only trace with the %s, whatever characters it contains',
    async (kind) => {
      const page = await xray.open('/');
      const wrong: unknown[] = [];
      for (const { name, field, traceId } of cases.filter((each) =>
        each.name.startsWith(`the ${kind} `),
      )) {
        const tab = { User: 'overview', URL: 'http' }[field] ?? 'annotations';
        await page.goto(`${xray.url}/traces/${traceId}?tab=${tab}`);
        await page.getByRole('link', { name: `Filter by this: ${field}`, exact: true }).click();
        await page.waitForURL(/\/traces\?filter=/);
        const ids = () =>
          page
            .locator('[data-id]')
            .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-id')));
        await soon(async () => expect(await ids()).toEqual([traceId])).catch(async () => {
          wrong.push({ name, filter: new URL(page.url()).search, found: (await ids()).length });
        });
      }
      expect(wrong).toEqual([]);
      expect(page.problems).toEqual([]);
    },
  );
});
