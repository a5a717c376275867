import type { Page } from 'playwright-core';
import { describeInChromium } from './chromium';
import { Console } from './console';
import { TraceWriter } from '../../../libs/trace/test/cruddur-traces.mjs';
import { soon } from '../../../test/support/soon';

const start = Date.now() / 1000 - 30;
const panel = (page: Page) => page.getByRole('complementary', { name: 'Detail' });
const row = (page: Page, name: string) =>
  page.getByRole('treegrid').locator(`[data-name="${name}"]`).first();

describeInChromium('manners of the page of a trace', () => {
  let xray: Console;
  const other = new TraceWriter(start - 9);
  const w = new TraceWriter(start);
  const mailer = new TraceWriter(start + 2);
  const throttled = (at: number) =>
    w.sub('Score.ask', at, at + 40, {}, [
      w.http('score:80', 'POST', '/score', 429, at + 1, at + 9),
      w.http('score:80', 'POST', '/score', 200, at + 20, at + 39),
    ]);
  const job = w.sub('Job.run', 300, 400, { metadata: { app: { plan: { tier: 'gold-7' } } } });
  const trace = {
    traceId: w.traceId,
    segments: [
      {
        ...w.segment('shop', 0, 500, { annotations: { 'a.b "c"': 'x"y\\z' } }, [
          throttled(10),
          throttled(80),
          throttled(150),
          w.sub('שלום <b>', 200, 250),
          job,
        ]),
        links: [
          { trace_id: other.traceId, id: 'b'.repeat(16), attributes: { 'retry.count': 3 } },
          { trace_id: w.traceId, id: job.id, attributes: { topic: 'activities' } },
        ],
      },
    ],
  };

  beforeAll(async () => {
    xray = await Console.start();
    await xray.send([
      other.segment('first try', 0, 9, { fault: true }),
      ...trace.segments,
      mailer.segment('mailer', 0, 50, {}, [
        {
          ...mailer.sub('Mail.send', 5, 45),
          links: [
            { trace_id: w.traceId, id: job.id, attributes: { 'message.id': 'm-1' } },
            { trace_id: new TraceWriter(start - 900).traceId, id: 'c'.repeat(16) },
          ],
        },
      ]),
    ]);
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  const open = async (query = '', options = {}) => {
    const page = await xray.open(`/traces/${trace.traceId}${query}`, options);
    await row(page, 'shop').waitFor();
    return page;
  };

  it('lets Back undo a zoom, and keeps the selection', async () => {
    const page = await open();
    await row(page, 'Job.run').click();
    await page.keyboard.press('w');
    await page.waitForURL(/zoom=/);
    const first = page.url();
    await page.keyboard.press('w');
    await page.waitForURL((url) => url.href !== first);
    await page.goBack();
    await page.waitForURL(first);
    await page.goBack();
    await page.waitForURL((url) => !url.searchParams.has('zoom'));
    await page
      .locator('[role=treegrid] [aria-selected=true]')
      .and(page.locator('[data-name="Job.run"]'))
      .waitFor();
  });

  it('shows equal hints once, with their number, and clicks go through all of them', async () => {
    const page = await open();
    const hints = page.getByRole('region', { name: 'Hints' });
    const hint = hints.getByRole('button', { name: /Throttled.*3 times/ });
    await hint.waitFor();
    expect(await hints.getByRole('button', { name: /Throttled/ }).count()).toBe(1);
    await hint.click();
    await page.waitForURL(/hint=/);
    await soon(async () =>
      expect(await page.locator('[data-hinted]').count()).toBeGreaterThanOrEqual(3),
    );
  });

  it('follows links, shows their attributes, and goes back', async () => {
    const page = await open();
    await row(page, 'shop').click();
    const link = panel(page).getByRole('link', { name: 'first try' });
    expect(await link.getAttribute('href')).toContain(`${other.traceId}?select=bbbb`);
    await soon(async () =>
      expect(await panel(page).innerText()).toMatch(/retry\.count 3[^]*topic activities/),
    );
    await panel(page).getByRole('button', { name: 'Job.run in this trace' }).click();
    await panel(page).getByText('Linked from').waitFor();
    await panel(page).getByRole('button', { name: 'shop' }).click();
    await panel(page).getByText('Linked to').waitFor();
  });

  it('shows another trace by its name, and goes back from there', async () => {
    const page = await open();
    await page.getByRole('button', { name: '1 trace' }).click();
    await panel(page).getByRole('heading', { name: 'Job.run' }).waitFor();
    const from = panel(page).getByRole('link', { name: 'mailer' });
    await from.waitFor();
    expect(await panel(page).innerText()).toMatch(/Linked from[^]*Mail\.send[^]*message\.id m-1/);
    await from.click();
    await panel(page).getByRole('heading', { name: 'Mail.send' }).waitFor();
    await panel(page).getByText('not received yet, or already deleted').waitFor();
    await panel(page).getByRole('link', { name: 'shop' }).click();
    await page.waitForURL(new RegExp(`${trace.traceId}.*select=${job.id}`));
    await panel(page).getByRole('heading', { name: 'Job.run' }).waitFor();
    expect(page.problems).toEqual([]);
  });

  it('draws a segment red that failed by itself', async () => {
    const page = await xray.open(`/traces/${other.traceId}`);
    await row(page, 'first try').locator('[data-bar=self][data-hue=fault]').waitFor();
    await panel(page).getByText('fault starts here').waitFor();
  });

  it('shows a link from a trace that arrives while the page is open', async () => {
    const page = await open();
    const later = new TraceWriter(start + 7);
    const linked = { trace_id: trace.traceId, id: trace.segments[0]!.id };
    await xray.send([{ ...later.segment('retry', 0, 9), links: [linked] }]);
    await page.getByRole('button', { name: '2 traces' }).waitFor();
    await row(page, 'shop').click();
    await panel(page).getByRole('link', { name: 'retry' }).waitFor();
  });

  it('finds text in metadata', async () => {
    const page = await open();
    await page.getByRole('textbox', { name: 'Search in this trace' }).fill('tier=GOLD-7');
    await page.getByText('1 hit', { exact: true }).waitFor();
  });

  it('filters by a value whose key and text contain special characters', async () => {
    const page = await open('?tab=annotations');
    await row(page, 'shop').click();
    await panel(page)
      .getByRole('link', { name: /Filter by this/ })
      .click();
    await page.waitForURL(/\/traces\?filter=/);
    await page.locator(`[data-id="${trace.traceId}"]`).waitFor();
  });

  it.each([1024, 720])('keeps every control at %i px', async (width) => {
    const page = await open('', { viewport: { width, height: 800 } });
    for (const name of [/Shortest duration/, 'Critical path', 'Collapse one level']) {
      expect(await page.getByRole('button', { name }).isVisible()).toBe(true);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });

  it('isolates the text direction of foreign text', async () => {
    const page = await open();
    expect(await row(page, 'שלום <b>').locator('bdi').first().innerText()).toBe('שלום <b>');
  });

  it('focuses the field of a dialog', async () => {
    const page = await xray.open('/traces?filter=service(%22shop%22)');
    await page.getByRole('button', { name: /Save as group/ }).click();
    await page.locator('dialog[open]').waitFor();
    await page.waitForFunction(() => document.activeElement?.matches('dialog input'));
    await page.keyboard.type('mine');
    expect(await page.locator('dialog input').first().inputValue()).toBe('mine');
  });
});
