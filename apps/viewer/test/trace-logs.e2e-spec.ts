import type { Page } from 'playwright-core';
import { violations } from './axe';
import { describeInChromium } from './chromium';
import { Console } from './console';
import { TraceWriter } from '../../../libs/trace/test/cruddur-traces.mjs';
import { soon } from '../../../test/support/soon';

const start = Date.now() / 1000 - 30;
const logged = (at: number, level: string, message: unknown, more: object = {}) => ({
  time: start + at / 1000,
  level,
  message,
  ...more,
});
const logs = (...lines: (object | string)[]) => ({ metadata: { default: { logs: lines } } });

const pane = (page: Page) => page.getByRole('region', { name: 'Logs' });
const lines = (page: Page) => pane(page).getByRole('option');
const panel = (page: Page) => page.getByRole('complementary', { name: 'Detail' });
const grid = (page: Page) => page.getByRole('treegrid');
const marksOn = (page: Page, name: string) =>
  grid(page).locator(`[data-name="${name}"]`).locator('[data-log]');
const selectedName = (page: Page) =>
  grid(page).locator('[aria-selected=true]').getAttribute('data-name');

describeInChromium('logs beside spans', () => {
  let xray: Console;
  const shop = (() => {
    const w = new TraceWriter(start);
    const many = Array.from({ length: 150 }, (_, at) => logged(10 + at, 'debug', `row ${at}`));
    return {
      traceId: w.traceId,
      segments: [
        w.segment(
          'shop',
          0,
          1000,
          {
            http: { request: { method: 'POST', url: 'http://h/buy' }, response: { status: 200 } },
            ...logs(logged(990, 'error', 'answered <b>late</b>', { context: 'Router' })),
          },
          [
            w.sub('Cart.load', 10, 200, logs(...many, '[17 more]')),
            w.sub(
              'Stock.reserve',
              200,
              900,
              logs(
                logged(210, 'log', 'reserving', { details: [{ sku: 'b-7', amount: 3 }] }),
                logged(600, 'warn', 'stock is slow\nsecond line'),
                logged(602, 'log', 'after all'),
              ),
              [w.sub('Stock.lock', 300, 500, logs(logged(310, 'verbose', 'deep needle')))],
            ),
          ],
        ),
      ],
    };
  })();
  const quiet = (() => {
    const w = new TraceWriter(start - 5);
    return { traceId: w.traceId, segments: [w.segment('quiet', 0, 10)] };
  })();

  beforeAll(async () => {
    xray = await Console.start();
    await xray.send([...shop.segments, ...quiet.segments]);
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  const open = async (query = '', options = {}) => {
    const page = await xray.open(`/traces/${shop.traceId}?logs=on&${query}`, options);
    await grid(page).getByRole('row').first().waitFor();
    return page;
  };

  it('lists all lines of the trace by time, and debug lines on request', async () => {
    const page = await open();
    await soon(async () =>
      expect(await lines(page).allInnerTexts()).toEqual([
        expect.stringMatching(/\+210\.0 ms\s+log\s+reserving.*b-7.*\s+Stock\.reserve/s),
        expect.stringMatching(/\+600\.0 ms\s+warn\s+stock is slow/),
        expect.stringContaining('after all'),
        expect.stringMatching(/\+990\.0 ms\s+error\s+answered <b>late<\/b>/),
      ]),
    );
    expect(await pane(page).getByRole('status').innerText()).toContain(
      '17 further lines not recorded',
    );
    await pane(page).getByRole('button', { name: 'debug 151' }).click();
    await page.waitForURL(/levels=/);
    await lines(page).filter({ hasText: 'row 0' }).waitFor();
    expect(await lines(page).first().getAttribute('aria-setsize')).toBe('155');
    await soon(async () => expect(await lines(page).count()).toBeLessThan(60));
    await page.reload();
    await lines(page).filter({ hasText: 'row 0' }).waitFor();
    expect(page.problems).toEqual([]);
  });

  it('is closed until it is opened, and meanwhile shows what it contains and what a search finds', async () => {
    const page = await xray.open(`/traces/${shop.traceId}?q=needle`);
    await pane(page).getByText('error 1').waitFor();
    expect(await pane(page).innerText()).toMatch(/Logs 155\s+error 1\s+warn 1/);
    await pane(page).getByText('1 line found among levels that are off').waitFor();
    expect(await lines(page).count()).toBe(0);
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('h');
    await lines(page).first().waitFor();
    await page.waitForURL(/logs=on/);
    await page.reload();
    await lines(page).first().waitFor();
    await pane(page).getByRole('button', { name: 'Close the logs' }).click();
    await lines(page).first().waitFor({ state: 'detached' });
    await marksOn(page, 'Stock.reserve').first().waitFor();
  });

  it('marks lines on the bars, the worst of those that would touch, and no debug lines', async () => {
    const page = await open();
    const labels = () =>
      marksOn(page, 'Stock.reserve').evaluateAll((all) => all.map((one) => one.ariaLabel));
    await soon(async () =>
      expect(await labels()).toEqual([
        'info at +210.0 ms: reserving',
        '2 lines, warn at +600.0 ms: stock is slow\nsecond line',
      ]),
    );
    expect(await marksOn(page, 'Cart.load').count()).toBe(0);
    await page.getByRole('button', { name: 'Log marks' }).click();
    await marksOn(page, 'Stock.reserve').first().waitFor({ state: 'detached' });
  });

  it('highlights mark, line and row together, whichever is selected', async () => {
    const page = await open();
    await marksOn(page, 'Stock.reserve').nth(1).click();
    await lines(page)
      .and(page.locator('[aria-selected=true]'))
      .getByText('stock is slow')
      .waitFor();
    const whole = panel(page).getByRole('tabpanel', { name: /Logs/ });
    await soon(async () => {
      expect(await selectedName(page)).toBe('Stock.reserve');
      expect(await marksOn(page, 'Stock.reserve').nth(1).getAttribute('aria-pressed')).toBe('true');
      expect(await whole.locator('[aria-current]').innerText()).toContain('second line');
    });

    await lines(page).filter({ hasText: 'answered' }).click();
    await page.waitForFunction(
      () => document.querySelector('[role=treegrid] [aria-selected=true]')?.ariaLevel === '1',
    );
    await soon(async () => expect(await whole.innerText()).toContain('answered <b>late</b>'));
    await page.keyboard.press(',');
    await lines(page).and(page.locator('[aria-selected=true]')).getByText('after all').waitFor();
    await page.keyboard.press('.');
    await lines(page).and(page.locator('[aria-selected=true]')).getByText('answered').waitFor();
    await page.keyboard.press('h');
    await lines(page).first().waitFor({ state: 'detached' });
    expect(page.problems).toEqual([]);
  });

  it('is searched together with the trace: hits in the tree, and lines that contain the words', async () => {
    const page = await open('levels=debug,info,warn,error');
    await page.getByRole('textbox', { name: 'Search in this trace' }).fill('NEEDLE');
    await lines(page).filter({ hasText: 'deep needle' }).waitFor();
    await soon(async () => expect(await lines(page).count()).toBe(1));
    await page.getByText('1 hit', { exact: true }).waitFor();
    expect(await lines(page).locator('mark').innerText()).toBe('needle');
    await page.getByRole('textbox', { name: 'Search in this trace' }).fill('Cart.load');
    await pane(page).getByText('no line matches the search').waitFor();
    await soon(async () =>
      expect(await lines(page).first().getAttribute('aria-setsize')).toBe('155'),
    );
  });

  it('can be limited to the selection and what is below it', async () => {
    const page = await open('levels=debug,info,warn,error');
    await grid(page).locator('[data-name="Stock.reserve"]').click();
    await pane(page).getByRole('button', { name: 'Only the selected' }).click();
    await page.waitForFunction(
      () => document.querySelector('[role=option]')?.getAttribute('aria-setsize') === '4',
    );
    await lines(page).filter({ hasText: 'deep needle' }).waitFor();
  });

  it('shows log records that arrived separately, on their span', async () => {
    const [lock] = shop.segments[0]!.subsegments![1]!.subsegments!;
    const record = {
      timeUnixNano: String(Math.round((start + 0.4) * 1e9)),
      severityNumber: 13,
      severityText: 'WARNING',
      body: { stringValue: 'lock is contended' },
      attributes: [{ key: 'waiters', value: { intValue: '4' } }],
      traceId: shop.traceId.slice(2).replace('-', ''),
      spanId: lock!.id,
    };
    const answer = await fetch(`${xray.url}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] }),
    });
    expect(answer.status).toBe(200);
    const page = await open();
    const line = lines(page).filter({ hasText: 'lock is contended' });
    await line.waitFor();
    expect(await line.innerText()).toMatch(/\+400\.0 ms\s+WARNING.*waiters=4\s+Stock\.lock/s);
    await soon(async () => expect(await marksOn(page, 'Stock.lock').count()).toBe(1));
    await line.click();
    await panel(page)
      .getByRole('tabpanel', { name: /Logs/ })
      .getByText('lock is contended')
      .waitFor();
  });

  it('is absent if nothing was logged', async () => {
    const page = await xray.open(`/traces/${quiet.traceId}`);
    await grid(page).getByRole('row').first().waitFor();
    expect(await pane(page).count()).toBe(0);
    await page.keyboard.press('h');
    expect(page.problems).toEqual([]);
  });

  it.each(['light', 'dark'])('has nothing for axe to find, %s', async (theme) => {
    const page = await open(`theme=${theme}`);
    await marksOn(page, 'Stock.reserve').nth(1).click();
    await panel(page).locator('[aria-current]').waitFor();
    expect(await violations(page)).toEqual([]);
  });
});
