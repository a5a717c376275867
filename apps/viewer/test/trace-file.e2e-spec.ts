import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { violations } from './axe';
import { describeInChromium } from './chromium';
import { Console, type ConsolePage } from './console';
import { faultyPost, goodPost, TraceWriter } from '../../../libs/trace/test/cruddur-traces.mjs';
import { soon } from '../../../test/support/soon';

const seconds = (): number => Date.now() / 1000;

/** What ends a script, opens a comment, breaks a line or runs, wherever it is put unescaped. */
const PAYLOADS = [
  '</script><script>window.ran = 1</script>',
  '<!--<script>window.ran = 2',
  '</style><img src=x onerror="window.ran = 3">',
  'a\u2028b\u2029c&lt;/script&gt;&quot;\'"`${window.ran = 4}\\u003c',
  ']]></SCRIPT ><svg onload=window.ran=5>',
];

describeInChromium('a trace as one file', () => {
  let xray: Console;
  let folder: string;
  const faulty = faultyPost(seconds() - 30);
  const good = goodPost(seconds() - 25);
  const evil = (() => {
    const w = new TraceWriter(seconds() - 20);
    const subs = PAYLOADS.map((text, at) =>
      w.sub(`${at} ${text}`, at, at + 1, {
        annotations: { said: text },
        metadata: { [text]: { [text]: text, big: 1 } },
      }),
    );
    const http = { request: { method: 'GET', url: `http://h/${PAYLOADS[0]}` } };
    return {
      traceId: w.traceId,
      segments: [w.segment('shop', 0, 20, { user: PAYLOADS[2], http }, subs)],
    };
  })();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trace-file-'));
    xray = await Console.start();
    await xray.send([...faulty.segments, ...good.segments, ...evil.segments]);
  });
  afterEach(() => xray.closePages());
  afterAll(async () => {
    await xray?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const save = async (page: ConsolePage, format: RegExp): Promise<string> => {
    await page.getByRole('button', { name: /Export/ }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('option', { name: format }).click(),
    ]);
    const file = join(folder, download.suggestedFilename());
    await download.saveAs(file);
    return file;
  };

  /** Opens the file with the network off; `asked` lists whatever the page asks for besides itself. */
  const openFile = async (file: string, query = '', options = {}) => {
    // Not a page of local X-Ray: for that, Chromium may still ask for an icon when the network goes off.
    const page = await xray.open('about:blank', options);
    await page.context().setOffline(true);
    const asked: string[] = [];
    const address = pathToFileURL(file).href + query;
    page.on('request', (request) => {
      if (request.url() !== address) asked.push(request.url());
    });
    await page.goto(address);
    const grid = page.getByRole('treegrid', { name: 'Segments and subsegments' });
    await page.locator('main h1').waitFor();
    return { page, asked, rows: grid.getByRole('row') };
  };

  it('opens from a disk with the network off: waterfall, panel, flame graph, statistics', async () => {
    const saved = await save(await xray.open(`/traces/${faulty.traceId}`), /HTML/);
    expect(saved).toMatch(new RegExp(`trace-${faulty.traceId}\\.html$`));
    const { page, asked, rows } = await openFile(saved);
    await rows.and(page.locator('[data-name="PushService.deliver"]')).waitFor();
    await page
      .locator('[role=treegrid] [aria-selected=true]')
      .and(page.locator('[data-name="PushService.deliver"]'))
      .waitFor();
    const panel = page.getByRole('complementary', { name: 'Detail' });
    await soon(async () =>
      expect(await panel.getByRole('tabpanel').innerText()).toContain(
        "TypeError: Cannot read properties of undefined (reading 'Attributes')",
      ),
    );

    await page.getByRole('textbox', { name: 'Search in this trace' }).fill('insert');
    await page.getByText(/\d+ hits?$/).waitFor();
    await page.getByRole('link', { name: 'Flame graph' }).click();
    await page.locator('main h1').waitFor();
    await page.getByText('Width: self time plus the time of everything below').waitFor();
    await page.getByRole('link', { name: 'Statistics' }).click();
    await page.getByRole('table').waitFor();
    await page.goBack();
    await page.goBack();
    await rows.first().waitFor();

    expect(asked).toEqual([]);
    expect(page.problems).toEqual([]);
  });

  it('offers nothing that needs local X-Ray', async () => {
    const saved = await save(await xray.open(`/traces/${faulty.traceId}`), /HTML/);
    const { page, asked } = await openFile(saved);
    expect(await page.getByRole('link', { name: /Compare|^Map$|Routes|Filter by/ }).count()).toBe(
      0,
    );
    expect(await page.locator('a[href^="/"]').count()).toBe(0);
    await page.getByRole('button', { name: /Export/ }).click();
    expect(await page.getByRole('option').allInnerTexts()).toEqual([
      expect.stringMatching(/^JSON/),
      expect.stringMatching(/^Markdown/),
    ]);
    await page.keyboard.press('Escape');
    for (const key of ['m', 'f']) await page.keyboard.press(key);
    expect(page.url()).toContain(pathToFileURL(saved).href);
    expect(asked).toEqual([]);
  });

  it('shows hostile text as text, here and in the file', async () => {
    const saved = await save(await xray.open(`/traces/${evil.traceId}`), /HTML/);
    const { page, asked, rows } = await openFile(saved);
    await rows.nth(5).waitFor();
    const names = await rows.evaluateAll((all) => all.map((one) => one.dataset.name));
    expect(names.slice(1)).toEqual(PAYLOADS.map((text, at) => `${at} ${text}`));
    for (const [at, text] of PAYLOADS.entries()) {
      await rows.nth(at + 1).click();
      await page.getByRole('tab', { name: /Annotations/ }).click();
      await soon(async () =>
        expect(await page.getByRole('tabpanel').textContent()).toContain(text),
      );
    }
    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(await page.locator('#app img, #app script').count()).toBe(0);
    expect(asked).toEqual([]);
    expect(page.problems).toEqual([]);
  });

  it('forbids scripts other than its own, and every request', async () => {
    const answer = await fetch(`${xray.url}/traces/${evil.traceId}.html`);
    const html = await answer.text();
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(html).not.toContain(PAYLOADS[0]);
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:|'self'|connect-src/);
    expect(html).not.toMatch(/<(script|link|img)[^>]+(src|href)="(?!data:,")/);
  });

  it('is exported as JSON that can be imported, and as Markdown, also if local X-Ray has stopped', async () => {
    const page = await xray.open(`/traces/${good.traceId}`);
    await page.getByRole('treegrid').waitFor();
    await page.context().setOffline(true);
    const json: any = JSON.parse(readFileSync(await save(page, /JSON/), 'utf8'));
    const markdown = readFileSync(await save(page, /Markdown/), 'utf8');
    expect(json.segments).toHaveLength(good.segments.length);
    const served = await (await fetch(`${xray.url}/traces/${good.traceId}.md`)).text();
    expect(markdown).toBe(served);
    await page.getByRole('button', { name: /Export/ }).click();
    await page.getByRole('option', { name: /HTML/ }).click();
    await page.getByText(/The HTML file could not be created/).waitFor();
  });

  it('says if there is no such trace', async () => {
    const answer = await fetch(`${xray.url}/traces/1-67000000-0123456789abcdef01234567.html`);
    expect(answer.status).toBe(404);
    expect((await answer.json()).Message).toContain('There is no trace 1-67000000');
  });

  it.each(['light', 'dark'])('has nothing for axe to find, %s', async (theme) => {
    const saved = await save(await xray.open(`/traces/${faulty.traceId}`), /HTML/);
    const { page } = await openFile(saved, `?theme=${theme}`);
    await page.getByRole('treegrid').getByRole('row').first().waitFor();
    expect(await page.locator('html').getAttribute('data-theme')).toBe(theme);
    expect(await violations(page)).toEqual([]);
  });
});
