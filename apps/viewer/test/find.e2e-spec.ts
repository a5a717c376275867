import { faultyPost, traffic } from '../../../libs/trace/test/cruddur-traces.mjs';
import { violations } from './axe';
import { describeInChromium } from './chromium';
import { Console, type ConsolePage } from './console';
import { soon } from '../../../test/support/soon';

const field = (page: ConsolePage) => page.getByRole('combobox', { name: 'Filter expression' });

describeInChromium('what is pasted into the filter', () => {
  let xray: Console;
  const now = Date.now() / 1000;
  const trace = faultyPost(now - 30);
  const { traceId } = trace;
  const w3c = traceId.slice(2).replace('-', '');
  const inner = trace.segments[0]!.subsegments![0]!.id;

  beforeAll(async () => {
    xray = await Console.start();
    const all = [...traffic(60, now - 40), trace];
    await xray.send(all.flatMap(({ segments }) => segments));
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  it.each([
    ['an id of X-Ray', traceId, ''],
    ['a W3C id', w3c, ''],
    ['a header', `Root=${traceId};Parent=${inner};Sampled=1`, inner],
    ['a traceparent', `00-${w3c}-${inner}-01`, inner],
    ['the id of a subsegment', inner, inner],
    ['a log line', `[14:06:12 ERROR] push failed (x) = "y" trace_id=${w3c}`, ''],
  ])('opens the trace of %s, on Enter and as an address', async (_, text, selected) => {
    const page = await xray.open('/traces');
    await field(page).fill(text);
    await page.getByText('Found 1 trace in what you pasted').waitFor();
    await field(page).press('Enter');
    await page.getByRole('treegrid').waitFor();
    const opened = new URL(page.url());
    expect(opened.pathname).toBe(`/traces/${traceId}`);
    if (selected) expect(opened.searchParams.get('select')).toBe(selected);
    if (text.includes(' ')) return;

    await page.goto(`${xray.url}/traces/${text}`);
    await page.getByRole('treegrid').waitFor();
    await page.waitForURL(new RegExp(`/traces/${traceId}`));
    if (selected) await page.waitForURL(new RegExp(`select=${selected}`));
    expect(page.problems).toEqual([]);
  });

  it('opens the trace of a log line that is dropped on the page', async () => {
    const page = await xray.open('/traces');
    await page.locator('[data-id]').first().waitFor();
    await page.evaluate((line) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.setData('text/plain', line);
      const drop = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
      document.querySelector('main')!.dispatchEvent(drop);
    }, `12:01 ERROR push failed\n  Root=${traceId}`);
    await page
      .getByRole('link', { name: /POST \/api\/activities/ })
      .first()
      .click();

    await page.waitForURL(new RegExp(`/traces/${traceId}`));
  });

  it('says if no such trace is stored', async () => {
    const page = await xray.open('/traces');
    await field(page).fill('1-6b02f6d3-8c1d7e04a95f2b6630d1e7ac');
    await field(page).press('Enter');
    await page.getByRole('alert').getByText('There is no trace 1-6b02f6d3').waitFor();

    await page.goto(`${xray.url}/traces/0123456789abcdef`);
    await page.getByText('No trace has a segment or subsegment 0123456789abcdef').waitFor();
    expect(page.problems).toEqual([]);
  });

  it('applies a filter expression as a filter, whatever ids it contains', async () => {
    const page = await xray.open('/traces');
    await field(page).fill(`annotation.request = "${w3c}"`);
    await field(page).press('Enter');

    await page.waitForURL(/filter=annotation\.request/);
    await page.getByRole('heading', { name: 'No trace matches' }).waitFor();
  });

  it.each([
    ['/api/activities', 'http.url CONTAINS "/api/activities"'],
    ['status = 500', 'http.status = 500'],
    ['TypeError', 'exception CONTAINS "TypeError"'],
    ['post', 'http.method = "POST"'],
  ])('interprets %s as %s, one click away', async (text, filter) => {
    const page = await xray.open('/traces');
    await field(page).fill(text);
    const option = page.getByRole('option').filter({ hasText: filter });
    await option.waitFor();
    await soon(async () => expect(await option.innerText()).toMatch(/\d traces?$/));
    await option.click();

    await page.waitForURL((url) => url.searchParams.get('filter') === filter);
    await page.locator('[data-id]').first().waitFor();
    await soon(async () => expect(await field(page).inputValue()).toBe(filter));
  });

  it('interprets several words together, and offers the same below the error', async () => {
    const page = await xray.open('/traces');
    const { user } = trace.segments[0]!;
    await field(page).fill(`${user} 500`);
    await field(page).press('Enter');
    await page.getByRole('alert').waitFor();
    const meant = page.getByRole('group', { name: 'Did you mean?' }).getByRole('button').first();
    await meant.waitFor();
    expect(await violations(page, 'main')).toEqual([]);
    await meant.click();

    await page.waitForURL(
      (url) => url.searchParams.get('filter') === `user = "${user}" AND http.status = 500`,
    );
    await page.locator(`[data-id="${traceId}"]`).waitFor();
  });
});
