import { newId, newTraceId, type SegmentDocument } from '@nestjs-xray/document';
import type { Page } from 'playwright-core';
import { home } from '../../../libs/trace/test/cruddur-traces.mjs';
import { violations } from './axe';
import { describeInChromium } from './chromium';
import { Console } from './console';
import { soon } from '../../../test/support/soon';

const now = Date.now() / 1000;
const first = (page: Page) => page.locator('[data-id]').first();

function request(start: number, seconds: number, more: Partial<SegmentDocument> = {}) {
  return {
    name: 'shop',
    id: newId(),
    trace_id: newTraceId(start),
    start_time: start,
    end_time: start + seconds,
    http: { request: { method: 'GET', url: 'http://shop/cart' }, response: { status: 200 } },
    ...more,
  };
}

describeInChromium('the list of more traces than it holds', () => {
  let xray: Console;
  const incident = request(now - 3 * 86_400, 42, {
    name: 'incident',
    fault: true,
    http: { request: { method: 'GET', url: 'http://i/incident' }, response: { status: 500 } },
  });
  const ahead = request(now + 7_200, 0.2, { name: 'ahead' });
  const amount = 10_400;
  const users = 120;
  const total = amount + 2;

  beforeAll(async () => {
    xray = await Console.start();
    const all: SegmentDocument[] = [incident, ahead];
    for (let at = 0; at < amount; at++) {
      all.push(
        request(now - 3_600 + at * 0.34, 0.01 + (at % 90) / 1000, { user: `u${at % users}` }),
      );
    }
    for (let at = 0; at < all.length; at += 500) {
      await fetch(`${xray.url}/TraceSegments`, {
        method: 'POST',
        body: JSON.stringify({
          TraceSegmentDocuments: all.slice(at, at + 500).map((one) => JSON.stringify(one)),
        }),
      });
    }
    await xray.send(home(now - 30).segments);
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  it('says that it is a part, and sorts over all traces', async () => {
    const page = await xray.open('/traces?range=7d');
    await page.getByText(`Newest 10,000 of ${(total + 1).toLocaleString('en-US')}`).waitFor();
    await page.getByRole('button', { name: 'Duration, ms' }).click();
    await page.getByText(/^Slowest 10,000 of/).waitFor();
    await page.locator(`[data-id="${incident.trace_id}"]`).waitFor();

    await soon(async () =>
      expect(await first(page).getAttribute('data-id')).toBe(incident.trace_id),
    );
    // Another day's time has its date.
    expect(await first(page).innerText()).toMatch(/^\d{1,2} \w{3,4} \d\d:\d\d:\d\d/);
    expect(page.problems).toEqual([]);
  });

  it('finds those of one outcome, however old, and counts the others as well', async () => {
    const page = await xray.open('/traces?range=7d&status=fault');
    await page.locator(`[data-id="${incident.trace_id}"]`).waitFor();

    await soon(async () => {
      expect(await page.locator('[data-id]').count()).toBe(1);
      expect(await page.locator('[data-total]').innerText()).toBe(
        (total + 1).toLocaleString('en-US'),
      );
    });
    await page.getByRole('button', { name: 'All 10,403' }).waitFor();
  });

  it('shows the first rows, the counts and the heat map before the other rows have arrived', async () => {
    const page = await xray.open('/sampling');
    let release = (): void => undefined;
    const released = new Promise<void>((done) => (release = done));
    await page.route('**/console/traces?**after=**', async (route) => {
      await released;
      await route.continue().catch(() => undefined);
    });
    await page.goto(`${xray.url}/traces?range=7d`);
    await page.getByText('Newest 500 of 10,403').waitFor();
    await first(page).waitFor();
    await page.getByRole('img', { name: /^Heat map of the durations of 10,40\d/ }).waitFor();
    await page.getByRole('button', { name: 'All 10,403' }).waitFor();

    release();
    await page.getByText('Newest 10,000 of 10,403').waitFor();
    expect(page.problems).toEqual([]);
  });

  it('returns to a position far below the first rows after a reload', async () => {
    const page = await xray.open('/traces?range=7d');
    await page.getByText('Newest 10,000 of 10,403').waitFor();
    await page.evaluate(() => scrollTo(0, 200_000));
    await page.waitForFunction(
      () => (history.state as { scroll?: number } | null)?.scroll === 200_000,
    );
    await page.reload();
    await first(page).waitFor();
    await page.waitForFunction(() => window.scrollY === 200_000);
  });

  it('draws all rows of a long table', async () => {
    const page = await xray.open('/routes?by=user&range=7d');
    await soon(async () =>
      expect(await page.locator('tbody tr').count()).toBeGreaterThanOrEqual(users),
    );
    expect(page.problems).toEqual([]);
  });

  it('loads the rest of what it shows while the filter is invalid', async () => {
    const page = await xray.open('/traces?range=7d');
    await page.getByRole('button', { name: 'Load the next 403' }).waitFor();
    const field = page.getByRole('combobox', { name: 'Filter expression' });
    await field.fill('fautl');
    await field.press('Enter');
    await page.getByRole('alert').waitFor();

    await page.getByRole('button', { name: 'Load the next 403' }).click();
    await page.getByRole('button', { name: /^Load the next/ }).waitFor({ state: 'detached' });
  });

  it('loads the rest on demand', async () => {
    const page = await xray.open('/traces?range=7d');
    await page.getByRole('button', { name: 'Load the next 403' }).click();
    await page.getByRole('button', { name: /^Load the next/ }).waitFor({ state: 'detached' });

    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await page.locator(`[data-id="${incident.trace_id}"]`).waitFor();
    expect(await page.getByRole('table', { name: 'Traces' }).getAttribute('aria-rowcount')).toBe(
      String(total + 2),
    );
  });

  it.each(['light', 'dark'] as const)(
    'draws them as a heat map that can be read and brushed, in the %s theme',
    async (colorScheme) => {
      const page = await xray.open('/traces?range=6h', { colorScheme });
      const map = page.getByRole('img', { name: /^Heat map of the durations of 10,40\d/ });
      await map.waitFor();
      expect(await violations(page)).toEqual([]);
      const plot = (await page.locator('[data-plot]').boundingBox())!;
      // The last hour is the last sixth; most took 10 to 100 ms.
      const x = plot.x + plot.width * 0.95;
      const cell = page.locator('[data-tip]');
      for (let y = plot.y + plot.height - 4; y > plot.y && (await cell.count()) === 0; y -= 4) {
        await page.mouse.move(x, y);
        await page.evaluate(() => new Promise(requestAnimationFrame));
      }
      expect(await cell.innerText()).toMatch(/\d\d:\d\d.* ms – .* ms\s+\d+ traces/s);

      await page.mouse.move(plot.x + plot.width * 0.9, plot.y + 20);
      await page.mouse.down();
      await page.mouse.move(plot.x + plot.width * 0.95, plot.y + 30, { steps: 4 });
      await page.mouse.up();
      await page.waitForURL(/brush=/);
      const brushed = Number(
        (await page.getByRole('group', { name: 'Selection' }).locator('b').innerText()).replace(
          ',',
          '',
        ),
      );
      await page.getByRole('button', { name: 'Zoom' }).click();
      await page.waitForURL(/range=\d+/);
      await page.getByRole('img', { name: /^Heat map/ }).waitFor();
      await page.waitForFunction((about) => {
        const shown = document.querySelector('[data-total]')?.textContent?.replace(',', '');
        return Math.abs(Number(shown) - about) < about * 0.1;
      }, brushed);
      expect(page.problems).toEqual([]);
    },
  );

  const selection = (page: Page) => page.getByRole('group', { name: 'Selection' });
  /** Those that took 61 to 99 ms: what the list is made of, and nothing else. */
  const slow = Array.from({ length: amount }, (_, at) => 10 + (at % 90)).filter((ms) => ms > 62);

  it('compares a part of the heat map with the rest', async () => {
    const page = await xray.open('/compare?sides=selection&range=6h&live=off');
    await page.getByRole('img', { name: /^Heat map of the durations of 10,40\d/ }).waitFor();
    const plot = (await page.locator('[data-plot]').boundingBox())!;
    await page.mouse.move(plot.x + plot.width * 0.9, plot.y + 20);
    await page.mouse.down();
    await page.mouse.move(plot.x + plot.width * 0.95, plot.y + 30, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/since=/);
    const group = page.getByRole('group', { name: 'Selection' });
    await page.getByText(/traces against/).waitFor();
    const selected = (await page.getByText(/traces against/).innerText()).split(' traces')[0]!;
    // What the chart says is counted, no longer computed from its cells.
    await soon(async () => expect(await group.innerText()).toMatch(`${selected} of 10,40`));
    expect(Number(selected.replace(',', ''))).toBeGreaterThan(1_000);
    await page.keyboard.press('Escape');
    await page.getByText('Drag over the chart to select traces:').waitFor();
    expect(page.problems).toEqual([]);
  });

  it('is selected by time and duration, counted by local X-Ray, and filtered by', async () => {
    const page = await xray.open('/traces?range=6h&live=off');
    await page.getByRole('img', { name: /^Heat map/ }).waitFor();
    const plot = (await page.locator('[data-plot]').boundingBox())!;
    await page.mouse.move(plot.x + plot.width * 0.5, plot.y + 2);
    await page.mouse.down();
    await page.mouse.move(plot.x + plot.width - 2, plot.y + plot.height * 0.4, { steps: 5 });
    // Until it is let go the cells are added up, and it says so.
    await selection(page)
      .getByText(/^about [\d,]+ of 10,402, slower than .*–/)
      .waitFor();
    await page.mouse.up();
    await page.waitForURL(/brush=[\d.]+-[\d.]+%7E0\.\d+-$/);
    await selection(page)
      .getByText(/^[\d,]+ of 10,402, slower than/)
      .waitFor();
    const counted = await selection(page).locator('b').innerText();
    await selection(page).getByRole('button', { name: 'Filter to these' }).click();
    await page.waitForURL(/range=\d+/);
    const filter = new URL(page.url()).searchParams.get('filter');
    expect(filter).toMatch(/^duration >= 0\.\d+$/);
    await page.waitForFunction(
      (wanted) => document.querySelector('[data-total]')?.textContent === wanted,
      counted,
    );
    await page.goBack();
    await selection(page).getByText(`${counted} of 10,402`).waitFor();
    await page.goBack();
    await selection(page).waitFor({ state: 'detached' });
    expect(page.problems).toEqual([]);
  });

  it('is selected by keyboard, as far as what is different', async () => {
    const page = await xray.open('/traces?range=6h&live=off');
    await page.getByRole('img', { name: /^Heat map/ }).waitFor();
    await page.keyboard.press('b');
    for (let tab = 0; tab < 3; tab++) await page.keyboard.press('Tab');
    const shortest = page.getByRole('slider', { name: 'Shortest selected duration' });
    await shortest.and(page.locator(':focus')).waitFor();
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press('ArrowUp');
      if ((await shortest.getAttribute('aria-valuetext')) === '63.0 ms') break;
    }
    expect(await shortest.getAttribute('aria-valuetext')).toBe('63.0 ms');
    // Those and the trace that home() wrote, if that took as long.
    const about = slow.length.toLocaleString('en-US').slice(0, -1);
    await selection(page)
      .getByText(new RegExp(`^${about}\\d of 10,402, slower than 63.0 ms$`))
      .waitFor();
    expect(await violations(page, '[data-plot]')).toEqual([]);
    const counted = await selection(page).locator('b').innerText();
    await selection(page).getByRole('link', { name: 'What is different?' }).press('Enter');
    await page.waitForURL(/\/compare\?/);
    await page.getByText(new RegExp(`^${counted} traces`)).waitFor();
    expect(new URL(page.url()).searchParams.get('with')).toBe('duration >= 0.063');
    await page.goBack();
    await selection(page).waitFor();
    await page.getByRole('slider', { name: 'Longest selected duration' }).focus();
    await page.keyboard.press('Escape');
    await selection(page).waitFor({ state: 'detached' });
    expect(page.problems).toEqual([]);
  });

  it('names the days on a phone without overlaps, and is no wider than the page', async () => {
    const page = await xray.open('/traces?range=7d', { viewport: { width: 400, height: 800 } });
    await page.getByRole('img', { name: /^Heat map/ }).waitFor();
    const days = page.getByText(/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ \w+$/);
    await soon(async () => {
      const boxes = await days.evaluateAll((all) =>
        all.map((each) => each.getBoundingClientRect()).map(({ left, right }) => ({ left, right })),
      );
      expect(boxes.length).toBeGreaterThan(1);
      for (const [at, box] of boxes.entries()) {
        expect(box.left).toBeGreaterThanOrEqual(boxes[at - 1]?.right ?? 0);
        expect(box.right).toBeLessThanOrEqual(400);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
    });
  });

  it('does not stretch its axis for a clock that is ahead', async () => {
    const page = await xray.open('/traces?range=1h');
    await page.locator(`[data-id="${ahead.trace_id}"]`).waitFor();
    const name = await page.getByRole('img', { name: /Heat map/ }).getAttribute('aria-label');
    const end = new Date(/ to (?:\d+ \w+ )?(\d\d:\d\d)/.exec(name!)![1] + ' 2026-01-01');
    const today = new Date();
    const minutes = (at: Date): number => at.getHours() * 60 + at.getMinutes();

    expect(Math.abs(minutes(end) - minutes(today)) % 1_438).toBeLessThan(3);
  });
});
