import type { Page } from 'playwright-core';
import { violations } from './axe';
import { describeInChromium } from './chromium';
import { Console } from './console';
import {
  faultyPost,
  home,
  throttledPost,
  traffic,
  userActivities,
} from '../../../libs/trace/test/cruddur-traces.mjs';
import { soon } from '../../../test/support/soon';

const seconds = (): number => Date.now() / 1000;
const rows = (page: Page) =>
  page.getByRole('table', { name: 'Traces' }).locator('[role=row][data-id]');
const field = (page: Page) => page.getByRole('combobox', { name: 'Filter expression' });
const total = (page: Page) => page.locator('[data-total]');
const first = (page: Page) => rows(page).first();
/** Waits until the page says so; the message of a failure shows what it said instead. */
const shows = (page: Page, selector: string, text: string) =>
  page.waitForFunction(
    ([where, what]) =>
      document.querySelector(where as string)?.textContent?.includes(what as string),
    [selector, text],
  );

/** The page's own rows follow its address only once the server has answered. */
const showsRows = (page: Page, count: number) =>
  page.waitForFunction(
    (wanted) => document.querySelectorAll('[role=row][data-id]').length === wanted,
    count,
  );

describeInChromium('the list of traces', () => {
  let xray: Console;
  const sent = traffic(300, seconds() - 20, { seconds: 700 });
  const faults = sent.filter(({ segments }) => segments[0]?.fault).length;
  const took = ({ segments }: (typeof sent)[number]) =>
    Math.max(...segments.map((one) => one.end_time ?? one.start_time)) -
    Math.min(...segments.map((one) => one.start_time));
  const slowest = sent.reduce((one, other) => (took(other) > took(one) ? other : one)).traceId;

  beforeAll(async () => {
    xray = await Console.start();
    await xray.send(sent.flatMap((trace) => trace.segments));
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  it('shows the newest first, with time, status, method, route, duration and annotations', async () => {
    const page = await xray.open('/traces');
    await rows(page).first().waitFor();
    const newest = sent[sent.length - 1]!;

    expect(await first(page).getAttribute('data-id')).toBe(newest.traceId);
    const text = await first(page).innerText();
    expect(text).toMatch(/\d\d:\d\d:\d\d\.\d{3}/);
    expect(text).toMatch(/(GET|POST)\s+\/api\//);
    await soon(async () => expect(await total(page).innerText()).toBe('300'));
    expect(page.problems).toEqual([]);
  });

  it('shows no counts before it has them', async () => {
    const page = await xray.open('/map');
    let answer!: () => void;
    const seen = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/console/traces?**', async (route) => {
      await seen;
      await route.continue();
    });
    await page.goto(`${xray.url}/traces`);
    await page.getByText('Loading traces…').waitFor();

    expect(await total(page).innerText()).toBe('–');
    answer();
    await shows(page, '[data-total]', '300');
  });

  it('renders only the visible rows', async () => {
    const page = await xray.open('/traces');
    await rows(page).first().waitFor();
    expect(await rows(page).count()).toBeLessThan(80);

    await page.mouse.wheel(0, 100_000);
    const oldest = sent[0]!;
    await page.locator(`[data-id="${oldest.traceId}"]`).waitFor();
  });

  it('sorts by any column, also after a reload', async () => {
    const page = await xray.open('/traces');
    await page.getByRole('button', { name: 'Duration, ms' }).click();
    await page.waitForURL(/sort=-duration/);
    await soon(async () => expect(await first(page).getAttribute('data-id')).toBe(slowest));
    await page.reload();
    await soon(async () => expect(await first(page).getAttribute('data-id')).toBe(slowest));
    await page.getByRole('button', { name: 'Duration, ms' }).click();
    await page.waitForURL(/sort=duration/);
    await soon(async () => expect(await first(page).getAttribute('data-id')).not.toBe(slowest));
  });

  it('counts the outcomes, and shows only one of them', async () => {
    const page = await xray.open('/traces');
    await page.getByRole('button', { name: `fault ${faults}` }).click();
    await page.waitForURL(/status=fault/);
    await showsRows(page, faults);

    for (const text of await rows(page).allInnerTexts()) expect(text).toContain('fault 500');
  });

  it('opens a trace by a click, and returns to the same position', async () => {
    const page = await xray.open('/traces?sort=-duration');
    await rows(page).first().waitFor();
    const id = await first(page).getAttribute('data-id');
    await first(page).getByRole('link').click();
    await page.getByRole('treegrid').waitFor();
    expect(page.url()).toContain(`/traces/${id}`);
    await page.goBack();
    await rows(page).first().waitFor();

    expect(page.url()).toContain('sort=-duration');
  });

  it('has rows in all of the window, wherever it is scrolled to', async () => {
    const page = await xray.open('/traces');
    await rows(page).first().waitFor();
    for (const share of [0.5, 1, 0.1]) {
      await page.evaluate((to) => scrollTo(0, to * document.documentElement.scrollHeight), share);
      await page.waitForFunction(() =>
        [300, 500, 860].every((y) => document.elementFromPoint(700, y)?.closest('[data-id]')),
      );
    }
  });

  it('returns to its scroll position after Back and after a reload', async () => {
    const page = await xray.open('/traces');
    await rows(page).first().waitFor();
    await page.mouse.move(700, 500);
    await page.mouse.wheel(0, 3_000);
    await page.waitForFunction(
      () => (history.state as { scroll?: number } | null)?.scroll === 3_000,
    );
    // By the pointer: asking for a row would scroll to it.
    await page.mouse.click(700, 500);
    await page.getByRole('treegrid').waitFor();
    await page.goBack();
    await page.waitForFunction(() => window.scrollY === 3_000);
    await page.reload();
    await page.waitForFunction(() => window.scrollY === 3_000);
  });

  it('is navigated by keyboard: j, k, n to the next error or fault, Enter to open', async () => {
    const page = await xray.open('/traces?sort=-status');
    await rows(page).first().waitFor();
    const reached = (index: number) =>
      page.waitForFunction(
        (wanted) =>
          document.activeElement?.closest('[role=row]')?.getAttribute('aria-rowindex') === wanted,
        String(index + 2),
      );
    await page.keyboard.press('j');
    await reached(0);
    await page.keyboard.press('j');
    await reached(1);
    await page.keyboard.press('k');
    await reached(0);
    await page.keyboard.press('n');
    await reached(1);
    const id = await page.locator('[data-current]').getAttribute('data-id');
    await page.keyboard.press('Enter');
    await page.getByRole('treegrid').waitFor();

    expect(page.url()).toContain(id);
  });

  it('shows the keys on ?', async () => {
    const page = await xray.open('/traces');
    await rows(page).first().waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');

    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  describe('the filter', () => {
    it('limits the list, and is in the address', async () => {
      const page = await xray.open('/traces');
      await field(page).fill('fault');
      await field(page).press('Enter');
      await page.waitForURL(/filter=fault/);
      await shows(page, '[data-total]', String(faults));
      await showsRows(page, faults);
    });

    it('offers recorded keys and values, and inserts with Tab', async () => {
      const page = await xray.open('/traces');
      await field(page).pressSequentially('annotation.han');
      await page.getByRole('option', { name: /annotation\.handle/ }).waitFor();
      await page.keyboard.press('Tab');
      expect(await field(page).inputValue()).toBe('annotation.handle ');
      await field(page).pressSequentially('= ');
      await page.getByRole('option', { name: /"bayko"/ }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      expect(await field(page).inputValue()).toMatch(/^annotation\.handle = "\w+" $/);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Enter');
      await page.waitForURL(/filter=annotation\.handle/);

      expect(page.problems).toEqual([]);
    });

    it('shows an error below its character, and keeps the last valid result', async () => {
      const page = await xray.open('/traces?filter=fault');
      await shows(page, '[data-total]', String(faults));
      await field(page).fill('http.status == 500');
      await field(page).press('Enter');
      const alert = page.getByRole('alert');
      await alert.waitFor();

      const caret = await alert.locator('b').textContent();
      expect(caret?.indexOf('^')).toBeGreaterThanOrEqual('http.status '.length);
      expect(caret?.indexOf('^')).toBeLessThanOrEqual('http.status =='.length);
      expect(await total(page).innerText()).toBe(String(faults));
      expect(await field(page).getAttribute('aria-invalid')).toBe('true');
    });

    it('shows which condition finds nothing, and removes it', async () => {
      const page = await xray.open('/traces?filter=fault+AND+user+%3D+%22nobody-at-all%22');
      await page.getByRole('heading', { name: 'No trace matches' }).waitFor();
      await page.getByText('Without').waitFor();
      expect(await page.locator('[data-drop] code').innerText()).toBe('user = "nobody-at-all"');
      await page.getByRole('button', { name: 'Remove that part' }).click();

      await shows(page, '[data-total]', String(faults));
    });

    it('removes several conditions together if each of them finds nothing', async () => {
      const filter = 'fault AND user = "nobody-at-all" AND responsetime > 9000';
      const page = await xray.open(`/traces?filter=${encodeURIComponent(filter)}`);
      await page.getByText('Without').waitFor();

      expect(await page.locator('[data-drop] code').innerText()).toBe(
        'user = "nobody-at-all" AND responsetime > 9000',
      );
    });

    it('shows the type of an annotation', async () => {
      const page = await xray.open('/traces');
      await rows(page).first().waitFor();
      await field(page).fill('annotation.res');

      const option = page.getByRole('option', { name: /annotation\.results/ });
      expect(await option.innerText()).toMatch(/number/);
    });

    it('points at the character even if the expression is longer than its field', async () => {
      const filter = 'service("backend-nest") AND responsetime > 0.5 AND http.status == 500';
      const page = await xray.open(`/traces?filter=${encodeURIComponent(filter)}`, {
        viewport: { width: 400, height: 800 },
      });
      const caret = page.getByRole('alert').locator('b');
      await caret.waitFor();

      const mark = await page.evaluate(() => {
        const range = document.createRange();
        range.selectNode(document.querySelector('[role=alert] b')!.lastChild!);
        return range.getBoundingClientRect().x;
      });
      const wrong = await page.locator('[data-wrong]').first().boundingBox();
      const box = await field(page).boundingBox();
      expect(Math.abs(mark - wrong!.x)).toBeLessThan(2);
      expect(mark).toBeGreaterThan(box!.x);
      expect(mark).toBeLessThan(box!.x + box!.width);
    });

    it('is saved as a group, used, changed and deleted', async () => {
      const page = await xray.open('/traces?filter=fault');
      await rows(page).first().waitFor();
      await page.getByRole('button', { name: 'Save as group…' }).click();
      // The dialog begins in its field, and its keys are not the page's.
      await page.keyboard.type('broken');
      expect(await page.getByLabel('Name').inputValue()).toBe('broken');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByRole('button', { name: `broken ${faults}` }).waitFor();
      await page.waitForURL(/group=broken/);
      await page.getByRole('button', { name: 'Change group…' }).click();
      await page.getByRole('button', { name: 'Delete group' }).click();
      await page.getByRole('button', { name: 'broken' }).waitFor({ state: 'detached' });

      await page.waitForURL((url) => !url.searchParams.has('group'));
    });
  });

  describe('the chart', () => {
    it('is selected, counted and zoomed into', async () => {
      const page = await xray.open('/traces');
      await rows(page).first().waitFor();
      const plot = (await page.locator('[data-plot]').boundingBox())!;
      await page.mouse.move(plot.x + plot.width * 0.5, plot.y + 20);
      await page.mouse.down();
      await page.mouse.move(plot.x + plot.width * 0.6, plot.y + 24, { steps: 3 });
      await page.mouse.move(plot.x + plot.width * 0.7, plot.y + 28, { steps: 3 });
      await page.mouse.up();
      await page.waitForURL(/brush=/);
      const counted = Number(
        await page.getByRole('group', { name: 'Selection' }).locator('b').innerText(),
      );
      expect(counted).toBeGreaterThan(10);
      expect(counted).toBeLessThan(150);
      await page.getByRole('button', { name: 'Zoom' }).click();
      await page.waitForURL(/range=\d+/);
      await shows(page, '[data-total]', String(counted));
    });

    it('is selected by keyboard too', async () => {
      const page = await xray.open('/traces');
      await rows(page).first().waitFor();
      await page.getByRole('slider', { name: 'Start of the selected time' }).focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await page.waitForURL(/brush=/);
      await page.keyboard.press('Enter');

      await page.waitForURL(/range=\d+/);
    });
  });
});

/** Sends a trace and resolves once local X-Ray has told those who listen of it: nobody who comes later is told. */
async function sendAndTell(xray: Console, { traceId, segments }: ReturnType<typeof home>) {
  const abort = new AbortController();
  const events = await fetch(`${xray.url}/console/events`, { signal: abort.signal });
  await xray.send(segments);
  let heard = '';
  for await (const part of events.body!) {
    heard += Buffer.from(part).toString('latin1');
    if (heard.includes(traceId)) break;
  }
  abort.abort();
}

/** Has pages wait for their stream of events until the function that it gives is called. */
async function holdEvents(page: Page): Promise<() => void> {
  let open!: () => void;
  const opened = new Promise<void>((done) => (open = done));
  await page.route('**/console/events', async (route) => {
    await opened;
    await route.continue().catch(() => undefined);
  });
  return open;
}

describeInChromium('the live list', () => {
  let xray: Console;
  beforeAll(async () => {
    xray = await Console.start();
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  it('shows what to do at the first start, and the first trace without a reload', async () => {
    const page = await xray.open('/traces');
    await page.getByRole('heading', { name: 'Waiting for the first trace' }).waitFor();
    await page.getByText(`Local X-Ray listens on 127.0.0.1:${xray.server.port}`).waitFor();
    expect(await violations(page)).toEqual([]);
    const trace = home(seconds() - 1);
    await xray.send(trace.segments);

    await page.locator(`[data-id="${trace.traceId}"]`).waitFor();
    expect(page.problems).toEqual([]);
  });

  it('does not move rows under the pointer, and adds waiting ones when the pointer leaves', async () => {
    const older = throttledPost(seconds() - 5);
    await xray.send(older.segments);
    const page = await xray.open('/traces');
    await page.locator(`[data-id="${older.traceId}"]`).waitFor();
    // Waits until the row keeps its place.
    await first(page).hover();
    const before = await first(page).getAttribute('data-id');
    const place = await first(page).boundingBox();
    const newer = userActivities(seconds() - 0.5);
    await xray.send(newer.segments);
    await page.getByRole('button', { name: '+1' }).waitFor();

    expect(await first(page).getAttribute('data-id')).toBe(before);
    expect(await first(page).boundingBox()).toEqual(place);
    await page.mouse.move(5, 5);
    await soon(async () => expect(await first(page).getAttribute('data-id')).toBe(newer.traceId));
  });

  it('pauses, counts newer traces, and continues', async () => {
    const page = await xray.open('/traces');
    await rows(page).first().waitFor();
    await page.keyboard.press('l');
    await page.getByText('Paused. No newer trace yet.').waitFor();
    const newer = home(seconds() - 0.2);
    await xray.send(newer.segments);
    const show = page.getByRole('button', { name: 'Show 1 newer trace' });
    await show.waitFor();
    expect(await page.locator(`[data-id="${newer.traceId}"]`).count()).toBe(0);
    await show.click();
    await page.locator(`[data-id="${newer.traceId}"]`).waitFor();
    await page.keyboard.press('l');

    await page.getByRole('button', { name: 'Live. Pause (l)' }).waitFor();
  });

  it('respects the filter while it is live', async () => {
    const page = await xray.open('/traces?filter=fault');
    await page.getByRole('heading', { name: 'No trace matches' }).waitFor();
    const good = home(seconds() - 0.4);
    const bad = faultyPost(seconds() - 2);
    await xray.send([...good.segments, ...bad.segments]);
    await page.locator(`[data-id="${bad.traceId}"]`).waitFor();

    expect(await page.locator(`[data-id="${good.traceId}"]`).count()).toBe(0);
  });

  it('updates a trace in progress until it ends', async () => {
    const page = await xray.open('/traces');
    const trace = home(seconds() - 1);
    const [segment] = trace.segments;
    const { end_time: _, http, ...open } = segment!;
    await xray.send([{ ...open, http: { request: http!.request! }, in_progress: true }]);
    const row = page.locator(`[data-id="${trace.traceId}"]`);
    await row.getByText('in progress').waitFor();
    await xray.send(trace.segments);

    await row.getByText('ok 200').waitFor();
  });

  it('marks a trace that was not updated for long as silent', async () => {
    const page = await xray.open('/traces?range=1h');
    const trace = home(seconds() - 1_800);
    const { end_time: _, http: __, subsegments, ...open } = trace.segments[0]!;
    const ended = subsegments!.map(({ end_time }) => end_time!);
    await xray.send([{ ...open, subsegments: subsegments!, in_progress: true }]);
    const row = page.locator(`[data-id="${trace.traceId}"]`);
    await row.getByText('no end seen').waitFor();
    const heard = Math.max(...ended) - open.start_time;
    expect(parseFloat(await row.locator('[data-column=duration]').innerText())).toBeCloseTo(
      heard * 1000,
      0,
    );

    await row.getByRole('link').click();
    await page.getByText(/^no end seen since \d\d:\d\d:\d\d$/).waitFor();
  });

  it('shows what arrived before its event stream was open', async () => {
    await xray.send(home(seconds() - 2).segments);
    const page = await xray.open('/sampling');
    const open = await holdEvents(page);
    await page.goto(`${xray.url}/traces`);
    await rows(page).first().waitFor();
    const trace = home(seconds() - 1);
    await sendAndTell(xray, trace);
    open();

    await page.locator(`[data-id="${trace.traceId}"]`).waitFor();
  });

  it('opens the event stream while its code is loading, and reads the list once', async () => {
    const page = await xray.open('/sampling');
    const opened = page.waitForResponse('**/console/events');
    await page.route(/\/assets\/index-.*\.js$/, async (route) => {
      await opened;
      await route.continue().catch(() => undefined);
    });
    const lists: string[] = [];
    page.on('request', (request) => {
      if (/\/console\/traces\?.*sort=time/.test(request.url())) lists.push(request.url());
    });
    await page.goto(`${xray.url}/traces`);
    await rows(page).first().waitFor();

    expect(lists).toHaveLength(1);
    expect(page.problems).toEqual([]);
  });

  it('shows what arrived while an older response was on its way', async () => {
    const page = await xray.open('/sampling');
    const trace = home(seconds() - 1);
    const told = new Promise<void>((done) => {
      page.on('console', (message) => message.text() === 'told' && done());
    });
    await page.addInitScript((id) => {
      const listen = EventSource.prototype.addEventListener;
      EventSource.prototype.addEventListener = function (this: EventSource, ...args: any[]) {
        listen.apply(this, args as any);
        if (args[0] === 'traces')
          listen.call(this, 'traces', (event: any) => {
            if (event.data.includes(id)) console.log('told');
          });
      };
    }, trace.traceId);
    // Every answer is as old as the first, so that the row can come by an event alone.
    let old: Promise<string> | undefined;
    await page.route('**/console/traces?**limit=500**', async (route) => {
      old ??= route.fetch().then(async (answer) => {
        const body = await answer.text();
        await xray.send(trace.segments);
        await told;
        return body;
      });
      await route.fulfill({ body: await old, contentType: 'application/json' });
    });
    await page.goto(`${xray.url}/traces`);

    await page.locator(`[data-id="${trace.traceId}"]`).waitFor();
  });

  it('shows for a trace what arrived before the event stream was open', async () => {
    const page = await xray.open('/sampling');
    const open = await holdEvents(page);
    const trace = home(seconds() - 1);
    const [segment] = trace.segments;
    const { end_time: _, http, ...still } = segment!;
    await xray.send([{ ...still, http: { request: http!.request! }, in_progress: true }]);
    await page.goto(`${xray.url}/traces/${trace.traceId}`);
    await page.getByText('in progress').first().waitFor();
    await sendAndTell(xray, trace);
    open();

    await page.getByText('in progress').first().waitFor({ state: 'detached' });
  });

  it('does not let a trace that responded and continues dwarf the bars of the others', async () => {
    await xray.send(home(seconds() - 1).segments);
    const page = await xray.open('/traces');
    await rows(page).first().waitFor();
    const open = faultyPost(seconds() - 300);
    const slow = home(seconds() - 5, 2_000);
    await xray.send([...open.segments, ...slow.segments]);
    const cell = (trace: { traceId: string }) =>
      page.locator(`[data-id="${trace.traceId}"] [data-column=duration]`);
    await cell(open).locator('[data-open]').waitFor();

    const [track, bar] = await Promise.all([
      cell(slow).locator('[data-track]').boundingBox(),
      cell(slow).locator('[data-track] i').boundingBox(),
    ]);
    expect(bar!.width).toBeGreaterThan(0.5 * track!.width);
  });

  it('imports what was exported', async () => {
    const page = await xray.open('/traces');
    await rows(page).first().waitFor();
    const trace = home(seconds() - 3);
    await page.getByRole('button', { name: 'Import…' }).click();
    await page.getByLabel('Or JSON as text').fill('{"not": json');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('This is not JSON').waitFor();
    await page.getByLabel('A JSON file').setInputFiles({
      name: 'trace.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(trace.segments)),
    });

    await page.waitForURL(new RegExp(`/traces/${trace.traceId}`));
    await page.getByRole('treegrid').waitFor();
  });
});

describeInChromium('the list when local X-Ray stops', () => {
  it('says so, keeps its data, and catches up when it is back', async () => {
    const xray = await Console.start();
    try {
      await xray.send(home(seconds() - 1).segments);
      const page = await xray.open('/traces');
      await rows(page).first().waitFor();
      await xray.server.close();
      await page.getByText('Local X-Ray doesn’t answer').waitFor();
      expect(await rows(page).count()).toBe(1);
      await page.getByText('This page still has 1 trace').waitFor();
      expect(await violations(page)).toEqual([]);

      await xray.restart();
      const later = userActivities(seconds());
      await xray.send(later.segments);
      // It may have tried by itself a moment before.
      const caughtUp = page.locator(`[data-id="${later.traceId}"]`).waitFor();
      await Promise.race([page.getByRole('button', { name: 'Try now' }).click(), caughtUp]);
      await caughtUp;
      await page.getByText('Local X-Ray doesn’t answer').waitFor({ state: 'detached' });
    } finally {
      await xray.stop();
    }
  });
});

describeInChromium('the list for all', () => {
  let xray: Console;
  beforeAll(async () => {
    xray = await Console.start();
    await xray.send(traffic(60, seconds() - 5).flatMap((trace) => trace.segments));
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  it.each([
    ['light', 1440],
    ['dark', 400],
  ] as const)(
    'has no violation of accessibility in the %s theme at %i px',
    async (colorScheme, width) => {
      const page = await xray.open('/traces', { colorScheme, viewport: { width, height: 900 } });
      await rows(page).first().waitFor();
      expect(await violations(page)).toEqual([]);
      await field(page).fill('annotation.');
      await page.getByRole('option').first().waitFor();
      expect(await violations(page)).toEqual([]);
      expect(page.problems).toEqual([]);
    },
  );

  it.each([400, 720, 1024])('needs no sideways scrolling at %i px', async (width) => {
    const page = await xray.open('/traces', { viewport: { width, height: 800 } });
    await rows(page).first().waitFor();

    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      width,
    );
  });

  it('keeps a selected theme after a reload', async () => {
    const page = await xray.open('/traces', { colorScheme: 'light' });
    await page.getByRole('button', { name: 'Theme: system' }).click();
    await page.getByRole('button', { name: 'Theme: light' }).click();
    await page.reload();

    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
  });
});
