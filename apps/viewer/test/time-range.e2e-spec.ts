import { TraceWriter } from '../../../libs/trace/test/cruddur-traces.mjs';
import { violations } from './axe';
import { describeInChromium } from './chromium';
import { Console, type ConsolePage } from './console';

const HOUR = 3_600;
const NOW = Date.now() / 1000;
/** Noon of yesterday where this runs, which is where Chromium runs. */
const NOON = new Date(new Date().setHours(-12, 0, 0, 0)).getTime() / 1000;

describeInChromium('the entry of from and to', () => {
  let xray: Console;
  beforeAll(async () => {
    xray = await Console.start();
    const request = (start: number) => new TraceWriter(start).segment('shop', 0, 20);
    await xray.send([
      ...[0, 10, 20].map((at) => request(NOON + at)),
      request(NOON + HOUR),
      request(NOW - 60),
    ]);
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  const menu = (page: ConsolePage) => page.getByRole('button', { name: 'Time range' });
  const from = (page: ConsolePage) => page.getByRole('textbox', { name: 'From' });
  const to = (page: ConsolePage) => page.getByRole('textbox', { name: 'To', exact: true });
  const rows = (page: ConsolePage, amount: number) =>
    page.waitForFunction(
      (wanted) => document.querySelectorAll('[data-id]').length === wanted,
      amount,
    );

  it('shows what is between two typed times, and Back undoes it', async () => {
    const page = await xray.open('/traces');
    await rows(page, 1);
    await menu(page).click();
    expect(await violations(page)).toEqual([]);
    await from(page).fill('yesterday 11:59');
    await to(page).fill('yesterday 12:30');
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    await page.getByRole('form').getByText(`times in ${timeZone}`).waitFor();
    // What was understood, with all of its date.
    await page.getByText(/^\w{3} \d{1,2} \w{3,4} \d{4}, 11:59:00$/).waitFor();
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await rows(page, 3);

    expect(new URL(page.url()).searchParams.get('range')).toBe(`${NOON - 60}-${NOON + 1_800}`);
    const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
    expect(await menu(page).innerText()).toContain(
      `${day.format(NOON * 1000)} 11:59:00 – 12:30:00`,
    );
    expect(await page.locator('[data-id]').first().innerText()).toContain(day.format(NOON * 1000));
    // The axis says the day too, as no midnight does.
    await page
      .locator('[data-plot]')
      .getByText(day.format(NOON * 1000))
      .first()
      .waitFor();
    await page.goBack();
    await rows(page, 1);
    await menu(page).getByText('Last 15 min').waitFor();
    expect(page.problems).toEqual([]);
  });

  it('is opened, filled in and applied by keyboard, on every page about many traces', async () => {
    const page = await xray.open('/routes');
    const pages = ['/routes', '/traces', '/errors', '/queries', '/map', '/compare?sides=filters'];
    for (const path of pages) {
      await page.goto(xray.url + path);
      await menu(page).waitFor();
      await page.keyboard.press('t');
      await from(page).waitFor();
      await page.keyboard.press('Tab');
      await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT');
      await page.keyboard.type(String(NOON));
      await page.keyboard.press('Tab');
      await page.keyboard.type(String(NOON + HOUR));
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => url.searchParams.get('range') === `${NOON}-${NOON + HOUR}`);
      await from(page).waitFor({ state: 'detached' });
      expect(await page.evaluate(() => document.activeElement?.textContent)).toMatch(/^Time range/);
    }
    expect(page.problems).toEqual([]);
  });

  it('accepts keys before the browser has painted it', async () => {
    const page = await xray.open('/traces', {}, 'frames');
    await rows(page, 1);
    await page.keyboard.press('t');
    await from(page).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type(String(NOON));
    await page.keyboard.press('Enter');
    await rows(page, 5);
    expect(page.problems).toEqual([]);
  });

  it('shows what it cannot parse, and shows nothing else meanwhile', async () => {
    const page = await xray.open('/traces?range=1h', { viewport: { width: 400, height: 800 } });
    await rows(page, 1);
    await menu(page).click();
    const form = page.getByRole('form', { name: 'From and to' });
    const box = (await form.boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(400);
    await from(page).fill('2026-02-30 10:00');
    await page.keyboard.press('Enter');
    await form.getByText(/Not a time yet.*yesterday 02:00/).waitFor();
    expect(await from(page).getAttribute('aria-invalid')).toBe('true');
    expect(await violations(page)).toEqual([]);
    await from(page).fill('now');
    await to(page).fill('1h ago');
    await page.keyboard.press('Enter');
    await form.getByText('This must be after From.').waitFor();
    expect(new URL(page.url()).searchParams.get('range')).toBe('1h');
    await page.keyboard.press('Escape');
    await form.waitFor({ state: 'detached' });
    await rows(page, 1);
    expect(page.problems).toEqual([]);
  });

  it('accepts the time of a log line', async () => {
    const page = await xray.open('/traces');
    await menu(page).click();
    await from(page).fill(`${new Date(NOON * 1000 + 5_000).toISOString()} ERROR [Cart] boom`);
    await to(page).fill(`${NOON + 15}`);
    await page.keyboard.press('Enter');
    await rows(page, 1);
    expect(new URL(page.url()).searchParams.get('range')).toBe(`${NOON + 5}-${NOON + 15}`);
  });

  it('marks the midnight between two days', async () => {
    const page = await xray.open(`/traces?range=${NOON}-${NOON + 20 * HOUR}`);
    await page.locator('[data-id]').first().waitFor();
    const day = new Intl.DateTimeFormat('en-GB', {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
    });
    const midnight = new Date((NOON + 12 * HOUR) * 1000);
    await page.locator('[data-plot]').getByText(day.format(midnight).replace(',', '')).waitFor();
  });
});
