import type { SegmentDocument } from '@nestjs-xray/document';
import type { Page } from 'playwright-core';
import { violations } from './axe';
import { describeInChromium } from './chromium';
import { Console } from './console';
import {
  faultyPost,
  goodPost,
  home,
  largeTrace,
  TraceWriter,
} from '../../../libs/trace/test/cruddur-traces.mjs';
import { soon } from '../../../test/support/soon';

const seconds = (): number => Date.now() / 1000;
const grid = (page: Page) => page.getByRole('treegrid', { name: 'Segments and subsegments' });
const rows = (page: Page) => grid(page).getByRole('row');
const row = (page: Page, name: string) =>
  rows(page)
    .and(page.locator(`[data-name="${name}"]`))
    .first();
const panel = (page: Page) => page.getByRole('complementary', { name: 'Detail' });
const tab = (page: Page, name: string) => panel(page).getByRole('tab', { name });
const search = (page: Page) => page.getByRole('textbox', { name: 'Search in this trace' });
/** The node's name as it is recorded: queries are shown by their statement. */
const isSelected = (page: Page, name: string) =>
  page.waitForFunction(
    (wanted) =>
      document.querySelector('[role=treegrid] [aria-selected=true]')?.getAttribute('data-name') ===
      wanted,
    name,
  );

describeInChromium('the page of a trace', () => {
  let xray: Console;
  const faulty = faultyPost(seconds() - 30);
  const good = goodPost(seconds() - 20);
  const large = largeTrace(seconds() - 60);
  const source = `${__filename}:7`;
  const located = (() => {
    const w = new TraceWriter(seconds() - 15);
    const cause = {
      exceptions: [
        {
          id: w.hex(16),
          type: 'QueryFailedError',
          message: 'no such column',
          cause: 'c'.repeat(16),
          stack: [
            { path: __filename, line: 9, label: 'Users.find' },
            { path: '/srv/node_modules/pg/client.js', line: 1, label: 'Client.query' },
          ],
        },
        { id: 'c'.repeat(16), type: 'SyntaxError', message: 'near FORM', stack: [] },
      ],
    };
    const call = w.sub('Users.find', 2, 80, { fault: true, cause, metadata: { nest: { source } } });
    return {
      traceId: w.traceId,
      segments: [
        w.segment(
          'api',
          0,
          90,
          {
            http: { request: { method: 'GET', url: 'http://h/users' }, response: { status: 500 } },
            fault: true,
          },
          [call],
        ),
      ],
    };
  })();

  beforeAll(async () => {
    xray = await Console.start({ sources: [__dirname] });
    const all = [faulty, good, large, located];
    await xray.send(all.flatMap((trace) => trace.segments));
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  const open = async (trace = faulty, query = '', options = {}) => {
    const page = await xray.open(`/traces/${trace.traceId}${query}`, options);
    await rows(page).first().waitFor();
    return page;
  };

  it('shows the nested tree, with the called service below the call', async () => {
    const page = await open();
    const nested = [
      'backend-nest',
      'ActivitiesController.create',
      'ActivitiesService.create',
      'NotificationsClient.send',
      'notifications',
    ];
    for (const [at, name] of nested.entries()) {
      expect(await row(page, name).getAttribute('data-depth')).toBe(String(at + 1));
    }
    expect(await row(page, 'NotificationsHandler.onCreated').getAttribute('aria-level')).toBe('7');
    expect(await row(page, 'backend-nest').getAttribute('aria-label')).toMatch(
      /^backend-nest, POST \/api\/activities, segment, fault/,
    );
    expect(page.problems).toEqual([]);
  });

  it('selects where the fault began when it opens, and shows its exception', async () => {
    const page = await open();
    await isSelected(page, 'PushService.deliver');
    await panel(page).getByText('fault starts here').waitFor();
    await panel(page).getByRole('tab', { name: 'Exception', selected: true }).waitFor();
    await panel(page)
      .getByRole('tabpanel')
      .getByText("TypeError: Cannot read properties of undefined (reading 'Attributes')")
      .waitFor();
    expect(
      await panel(page).getByRole('link', { name: 'push.service.ts:58' }).getAttribute('href'),
    ).toBe('vscode://file/srv/notifications/src/push.service.ts:58');
    expect(await panel(page).getByText('rpc-proxy.js:14').count()).toBe(0);
    await panel(page).getByRole('button', { name: 'Show 2 frames in libraries' }).click();
    await panel(page).getByText('rpc-proxy.js:14').waitFor();
  });

  it('marks only where the fault began; above it, the shape shows that it was passed up', async () => {
    const page = await open();
    expect(await row(page, 'ActivitiesService.create').getAttribute('aria-label')).toContain(
      'fault, passed up from below',
    );
    expect(await row(page, 'ActivitiesService.create').locator('[data-hue=fault]').count()).toBe(0);
    expect(
      await row(page, 'PushService.deliver').locator('[data-bar=self][data-hue=fault]').count(),
    ).toBeGreaterThan(0);
  });

  it('shows source lines, where a method is defined, and what caused an exception', async () => {
    const page = await open(located);
    const excerpt = panel(page).getByRole('group', { name: 'Source near line 9' });
    await excerpt.waitFor();
    expect(await excerpt.innerText()).toContain('largeTrace,');
    await panel(page).getByText('Caused by').waitFor();
    await panel(page).getByText('SyntaxError: near FORM').waitFor();
    const written = panel(page).getByRole('link', { name: 'trace.e2e-spec.ts:7' });
    expect(await written.getAttribute('href')).toBe(`vscode://file${source}`);
  });

  it('leads from a query to the line that made it', async () => {
    const w = new TraceWriter(seconds() - 14);
    const queries = [1, 2, 3, 4].map((n) => w.query('SELECT * FROM users', n * 10, n * 10 + 9));
    const list = w.sub('Users.list', 5, 60, { metadata: { nest: { source } } }, queries);
    const segments = [w.segment('api', 0, 70, {}, [list, w.query('SELECT 1', 61, 62)])];
    await xray.send(segments);
    const page = await open({ traceId: w.traceId, segments });
    const link = panel(page).getByRole('link', { name: 'trace.e2e-spec.ts:7' });
    await rows(page).filter({ hasText: '4 ×' }).click();
    await panel(page).getByText('Called in').waitFor();
    expect(await link.getAttribute('href')).toBe(`vscode://file${source}`);

    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await tab(page, 'Overview').click();
    await link.waitFor();
    await rows(page).filter({ hasText: 'SELECT 1' }).click();
    await link.waitFor({ state: 'detached' });
  });

  it('distinguishes in progress from waiting, as text', async () => {
    const page = await open();
    expect(await row(page, 'SearchService.index').innerText()).toContain('in progress');
    expect(await row(page, 'localhost:8083').innerText()).toContain(
      'waiting for the called service',
    );
  });

  it('folds equal siblings, and unfolds them', async () => {
    const page = await open();
    const fold = rows(page).filter({ hasText: '48 ×' });
    await fold.click();
    await panel(page)
      .getByRole('heading', { name: /^48 × SELECT/ })
      .waitFor();
    const before = await grid(page).getAttribute('aria-rowcount');
    await panel(page).getByRole('button', { name: 'Unfold' }).click();
    await page.waitForFunction(
      (count) => document.querySelector('[role=treegrid]')?.getAttribute('aria-rowcount') === count,
      String(Number(before) + 48),
    );
    await panel(page).getByRole('button', { name: 'Fold' }).click();
    await page.waitForFunction(
      (count) => document.querySelector('[role=treegrid]')?.getAttribute('aria-rowcount') === count,
      before,
    );
  });

  it('collapses by level, with faults below still visible, and individually', async () => {
    const page = await open(faulty, '?level=2');
    expect(await grid(page).getAttribute('aria-rowcount')).toBe('4');
    expect(await row(page, 'ActivitiesController.create').getAttribute('aria-label')).toContain(
      'fault among them',
    );
    await page.keyboard.press(']');
    await row(page, 'ActivitiesService.create').waitFor();
    await page.waitForURL(/level=3/);
    await row(page, 'ActivitiesController.create').click();
    await page.keyboard.press('ArrowLeft');
    await row(page, 'ActivitiesService.create').waitFor({ state: 'detached' });
    await page.waitForURL(/select=/);
    await page.reload();
    await rows(page).first().waitFor();

    expect(await row(page, 'ActivitiesService.create').count()).toBe(0);
  });

  it('goes to the next and previous error or fault, also inside closed nodes', async () => {
    const page = await open(faulty, '?level=1&select=none');
    const first = await row(page, 'backend-nest').getAttribute('data-key');
    await page.goto(`${xray.url}/traces/${faulty.traceId}?level=1&select=${first}`);
    await isSelected(page, 'backend-nest');
    await page.keyboard.press('n');
    await isSelected(page, 'ActivitiesController.create');
    await page.keyboard.press('n');
    await isSelected(page, 'ActivitiesService.create');
    await page.keyboard.press('N');
    await isSelected(page, 'ActivitiesController.create');
    await page.getByRole('button', { name: '1 error: go to the next' }).click();
    await isSelected(page, 'SNS');
  });

  it('searches, keeps hits visible and moves through them', async () => {
    const page = await open(faulty, '?level=2');
    await page.keyboard.press('/');
    await page.keyboard.type('devices');
    await page.getByText('1 hit', { exact: true }).waitFor();
    await page.locator('mark', { hasText: 'devices' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('1 of 1').waitFor();
    await page.waitForURL(/q=devices/);

    await search(page).fill('nothing like it');
    await page.getByText('no match').waitFor();
  });

  it('zooms by keys and by dragging in the overview, and keeps it in the address', async () => {
    const page = await open(good);
    await page.keyboard.press('w');
    await page.waitForURL(/zoom=/);
    await page.keyboard.press('0');
    await page.waitForURL((url) => !url.searchParams.has('zoom'));
    const box = (await page
      .getByRole('img', { name: /^Overview of the whole trace/ })
      .boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.3, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 20, { steps: 4 });
    await page.mouse.up();
    const whole = Number(
      await page.getByRole('slider', { name: 'End of the zoom' }).getAttribute('aria-valuemax'),
    );
    await page.waitForURL((url) => {
      const [from = 0, until = 0] = (url.searchParams.get('zoom') ?? '').split('-').map(Number);
      return Math.abs(from / whole - 0.3) < 0.02 && Math.abs(until / whole - 0.5) < 0.02;
    });
    const address = page.url();
    await page.reload();
    await rows(page).first().waitFor();

    expect(page.url()).toBe(address);
    await page.getByRole('slider', { name: 'Start of the zoom' }).press('ArrowRight');
    await page.waitForURL((url) => url.toString() !== address);
  });

  it('hides what is shorter than the given duration, and says how much', async () => {
    const page = await open(good);
    const all = Number(await grid(page).getAttribute('aria-rowcount'));
    await page.getByRole('button', { name: /Shortest duration/ }).click();
    await page.getByRole('option', { name: '50 ms and more' }).click();
    await page.getByText(/hidden/).waitFor();

    await soon(async () =>
      expect(Number(await grid(page).getAttribute('aria-rowcount'))).toBeLessThan(all),
    );
  });

  it('draws the critical path, until it is switched off', async () => {
    const page = await open();
    await page.locator('[data-critical]').first().waitFor();
    await page.keyboard.press('c');
    await page.locator('[data-critical-path=hidden]').waitFor();
    await page.waitForURL(/critical=off/);
  });

  it('shows the hints of the trace, and leads to the bars', async () => {
    const page = await open();
    await page.getByRole('button', { name: /48 × the same SELECT/ }).click();
    await page.waitForURL(/hint=/);
    await page.locator('[data-hinted]').first().waitFor();
    await soon(async () => expect(await panel(page).innerText()).toContain('48'));
    await page.reload();

    await page.locator('[data-hinted]').first().waitFor();
  });

  describe('the panel', () => {
    const select = async (page: Page, name: string) => {
      await row(page, name).click();
      await panel(page).getByRole('heading', { level: 2, name }).waitFor();
    };

    it('has annotations to copy and to filter by', async () => {
      const page = await open();
      await select(page, 'PushService.deliver');
      await tab(page, 'Annotations').click();
      await panel(page).getByRole('link', { name: 'Filter by this: platform' }).click();
      await page.waitForURL(/\/traces\?filter=annotation\.platform/);

      await page.locator(`[data-id="${faulty.traceId}"]`).waitFor();
    });

    it('shows metadata as a tree', async () => {
      const page = await open();
      await select(page, 'PushService.deliver');
      await tab(page, 'Metadata').click();
      await panel(page).getByText('"ios"').first().waitFor();
      await panel(page).getByRole('button', { name: 'device:' }).click();
      await soon(async () => expect(await panel(page).innerText()).not.toContain('"ios"'));
    });

    it('shows HTTP, formatted SQL, AWS and the raw document', async () => {
      const page = await open();
      await select(page, 'localhost:8081');
      await tab(page, 'HTTP').click();
      await soon(async () =>
        expect(await panel(page).innerText()).toContain('https%3A%2F%2Fexampro.co'),
      );
      await row(page, 'SNS').click();
      await tab(page, 'AWS').click();
      await soon(async () =>
        expect(await panel(page).innerText()).toContain('"GetEndpointAttributes"'),
      );
      const query = rows(page).filter({ hasText: 'FROM devices' });
      await query.click();
      await tab(page, 'SQL').click();
      await soon(async () =>
        expect(await panel(page).getByRole('group', { name: 'Statement' }).innerText()).toMatch(
          /\nFROM devices\nWHERE user_uuid = \$1/,
        ),
      );
      await tab(page, 'Raw').click();
      expect(
        JSON.parse(await panel(page).getByRole('group', { name: 'Document' }).innerText()).sql,
      ).toBeDefined();
    });

    it('changes tabs with the arrow keys', async () => {
      const page = await open();
      await tab(page, 'Exception').focus();
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction(() =>
        document.activeElement?.textContent?.startsWith('Annotations'),
      );
      await page.waitForURL(/tab=annotations/);
    });
  });

  it('has space for the numbers and the axis of a trace of hours', async () => {
    const w = new TraceWriter(seconds() - 15_000);
    const job = w.segment('nightly', 0, 12_345_678, {}, [w.sub('Export.run', 0, 12_000_000)]);
    await xray.send([job]);
    const page = await open({ traceId: w.traceId, segments: [job] });

    const cut = await page
      .locator('[data-column]')
      .evaluateAll((cells) => cells.filter((cell) => cell.scrollWidth > cell.clientWidth).length);
    expect(cut).toBe(0);
    expect(await row(page, 'nightly').locator('[data-column=total]').innerText()).toBe(
      '12,345,678',
    );
  });

  it('shows a service whose clock is behind where it was called, and marks it', async () => {
    const w = new TraceWriter(seconds() - 12);
    const call = w.http('billing', 'GET', '/bill', 200, 10, 100);
    const late = w.segment('billing', -5_000, -4_930, { parent_id: call.id });
    const all = [w.segment('shop', 0, 110, {}, [call]), late];
    await xray.send(all);
    const page = await open({ traceId: w.traceId, segments: all });
    const called = grid(page).locator('[data-depth="3"]');

    const [bar, outer] = await Promise.all([
      called.locator('[data-bar=self]').boundingBox(),
      row(page, 'billing').locator('[data-bar=whole]').boundingBox(),
    ]);
    expect(bar!.x).toBeGreaterThan(outer!.x);
    expect(bar!.x + bar!.width).toBeLessThan(outer!.x + outer!.width);
    await called.click();
    await panel(page).getByText('began 5,010 ms before its caller').waitFor();
  });

  it('opens 5,000 subsegments with only the visible rows in the page', async () => {
    const page = await open(large);
    expect(Number(await grid(page).getAttribute('aria-rowcount'))).toBeGreaterThan(100);
    expect(await rows(page).count()).toBeLessThan(80);
    await page.keyboard.press('End');
    await page.waitForFunction(
      () =>
        document
          .querySelector('[role=treegrid] [aria-selected=true]')
          ?.getAttribute('aria-rowindex') !== '1',
    );
    expect(page.problems).toEqual([]);
  });

  it('shows rows in all of the waterfall, wherever it is scrolled to', async () => {
    const page = await open(large);
    for (const top of [30_000, 1_000, 1e9]) {
      await page.locator('[data-rows]').evaluate((holder, to) => holder.scrollTo(0, to), top);
      await page.waitForFunction(() =>
        [300, 500, 820].every((y) => document.elementFromPoint(300, y)?.closest('[role=row]')),
      );
    }
    await page.setViewportSize({ width: 600, height: 900 });
    await page.evaluate(() => scrollTo(0, 20_000));
    await page.waitForFunction(() =>
      [100, 500, 800].every((y) => document.elementFromPoint(300, y)?.closest('[role=row]')),
    );
  });

  it('copies a permalink with y, and opens the map with g m', async () => {
    const page = await open(good, '', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.keyboard.press('j');
    await page.waitForURL(/select=/);
    await page.keyboard.press('y');
    await page.getByText('Permalink copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
    await page.keyboard.press('g');
    await page.keyboard.press('m');

    await page.waitForURL(/\/map$/);
  });

  it('says if there is no such trace', async () => {
    const page = await xray.open('/traces/1-00000000-000000000000000000000000');
    await page.getByRole('heading', { name: 'This trace cannot be shown' }).waitFor();

    expect(await page.getByRole('alert').innerText()).toContain(
      '1-00000000-000000000000000000000000',
    );
  });

  it('adds what arrives while it is open', async () => {
    const trace = home(seconds() - 2);
    const [segment] = trace.segments;
    const { end_time: _, subsegments, ...rest } = segment!;
    const part = { ...rest, in_progress: true } as SegmentDocument;
    await xray.send([part]);
    const page = await open(trace);
    expect(await grid(page).getAttribute('aria-rowcount')).toBe('1');
    await xray.send([segment!]);

    await row(page, subsegments![0]!.name).waitFor();
    await page.getByText('ok 200').waitFor();
  });

  it.each([
    ['light', 1440],
    ['dark', 400],
  ] as const)(
    'has no violation of accessibility in the %s theme at %i px',
    async (colorScheme, width) => {
      const page = await open(faulty, '?q=users', {
        colorScheme,
        viewport: { width, height: 900 },
      });
      await page.locator('mark').first().waitFor();
      expect(await violations(page)).toEqual([]);
      if (width < 720) await panel(page).locator('button[aria-expanded]').first().click();
      for (const name of ['Overview', 'Annotations', 'Metadata', 'Raw']) {
        await tab(page, name).click();
        expect(await violations(page, 'aside')).toEqual([]);
      }
    },
  );

  it.each([400, 720, 1024])('needs no sideways scrolling at %i px', async (width) => {
    const page = await open(faulty, '', { viewport: { width, height: 800 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      width,
    );
  });
});

describeInChromium('a trace whose every string is a script', () => {
  const payload = `<img src=x onerror="window.hit=1"><script>window.hit=1</script>javascript:window.hit=1//'"\`\${window.hit=1}`;
  const hostile = (start: number): SegmentDocument => {
    const w = new TraceWriter(start);
    const cause = {
      working_directory: payload,
      paths: [payload],
      exceptions: [
        {
          id: w.hex(16),
          type: payload,
          message: payload,
          stack: [
            { path: `/${payload}`, line: 1, label: payload },
            { path: payload, line: 2, label: payload },
          ],
        },
      ],
    };
    const inner = w.sub(payload, 1, 9, {
      namespace: 'remote',
      fault: true,
      cause,
      sql: {
        sanitized_query: `SELECT ${payload} FROM x`,
        url: payload,
        database_type: payload,
        user: payload,
      },
      http: {
        request: { method: payload, url: payload, user_agent: payload, client_ip: payload },
        response: { status: 500 },
      },
      annotations: { key: payload },
      metadata: {
        [payload]: { [payload]: [payload, { [payload]: payload }] },
        nest: { source: `/${payload}:1` },
      },
      aws: { operation: payload, [payload]: payload },
    });
    return {
      ...w.segment('hostile', 0, 10, { fault: true }, [inner]),
      user: payload,
      origin: payload,
      annotations: { http_route: payload, key: payload },
      http: { request: { method: payload, url: `http://h/${payload}`, user_agent: payload } },
      links: [{ trace_id: payload, id: w.hex(16) }],
    };
  };

  it('is shown as text, in every tab and in the list, and runs no script', async () => {
    const xray = await Console.start({ sources: [] });
    try {
      const document = hostile(seconds() - 3);
      await xray.send([document]);
      const list = await xray.open('/traces');
      const link = list.locator(`[data-id="${document.trace_id}"]`);
      await link.waitFor();
      expect(await link.innerText()).toContain('<script>');
      const page = await xray.open(`/traces/${document.trace_id}`);
      await rows(page).first().waitFor();
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      for (let at = 0; at < (await rows(page).count()); at++) {
        await rows(page).nth(at).click();
        for (const one of await panel(page).getByRole('tab').all()) await one.click();
      }
      // No folder of source is named here, so there is none to ask for.
      expect(asked.filter((url) => url.includes('/console/source'))).toEqual([]);
      for (const seen of [list, page]) {
        expect(
          await seen.evaluate(() => (window as unknown as { hit?: number }).hit),
        ).toBeUndefined();
        expect(await seen.locator('script:not([src]), img').count()).toBe(0);
        expect(await seen.locator('a[href^="javascript:"]').count()).toBe(0);
        expect(seen.problems).toEqual([]);
      }
    } finally {
      await xray.stop();
    }
  });

  it('could run no script: the page allows no inline script and no other host', async () => {
    const xray = await Console.start();
    try {
      const response = await fetch(xray.url);
      const policy = response.headers.get('content-security-policy') ?? '';
      const html = await response.text();

      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("style-src 'self'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(html).not.toMatch(/<style|style=|<script(?![^>]* src="\/)/);
      expect(html).not.toMatch(/https?:\/\//);
    } finally {
      await xray.stop();
    }
  });
});
