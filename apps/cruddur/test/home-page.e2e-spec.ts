import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startCruddur, type RunningCruddur } from './support/cruddur';
import { embeddedDatabase } from './support/embedded-database';
import { startNotifications, type RunningNotifications } from './support/notifications';
import type { TestDatabase } from './support/test-database';
import { describeInChromium, launchChromium } from '../../../test/support/chromium';
import { soon } from '../../../test/support/soon';

const BUILT = resolve('dist/apps/cruddur/web');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

describeInChromium('the home page', () => {
  let database: TestDatabase;
  let notifications: RunningNotifications;
  let cruddur: RunningCruddur;
  let browser: Browser;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    if (!existsSync(join(BUILT, 'index.html')))
      throw new Error('Not built yet: run "npm run build".');
    database = await embeddedDatabase();
    notifications = await startNotifications(database.pools);
    const { host, port } = notifications;
    cruddur = await startCruddur(database.pools, {
      config: { notifications: { host, port } },
      page: BUILT,
    });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await cruddur?.close();
    await notifications?.close();
    await database?.close();
  });
  beforeEach(async () => {
    problems = [];
    page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    page.setDefaultTimeout(10_000);
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('dialog', (dialog) => {
      problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(cruddur.url);
    await page.getByText('Cloud is fun!').waitFor();
  });
  afterEach(async () => {
    await page.close();
    expect(problems).toEqual([]);
  });

  const feed = () => page.locator('.cruds > li');
  const latestTrace = () => page.locator('.rail li').first();

  it('shows the feed, and a link to the trace of loading it', async () => {
    expect(await feed().count()).toBeGreaterThanOrEqual(12);
    await soon(async () => {
      expect(await latestTrace().innerText()).toContain('GET /api/activities/home');
      const link = await latestTrace().locator('a').getAttribute('href');
      const traces = cruddur.xray.documents.map(
        (it) => `http://127.0.0.1:2000/traces/${it.trace_id}`,
      );
      expect(traces).toContain(link);
    });
  });

  it('writes a crud, shows a script in it as text, and links to the trace', async () => {
    const message = '<script>alert(1)</script><img src=x onerror=alert(2)> & more';
    await page.getByLabel('What is on your mind').fill(message);
    await page.getByLabel('Stays for').selectOption('1-day');
    await page.getByRole('button', { name: 'Crud' }).click();

    await feed().first().getByText(message).waitFor();
    expect(await page.locator('.cruds img, .cruds script').count()).toBe(0);
    await page.locator('.rail').getByText('POST /api/activities').first().waitFor();
    await soon(() =>
      expect(cruddur.xray.documents).toContainEqual(
        expect.objectContaining({ user: 'andrewbrown', name: 'backend-nest' }),
      ),
    );
  });

  it('explains why a crud was rejected, and links to the trace', async () => {
    await page.getByRole('button', { name: 'Crud' }).click();
    await page.getByText('Write something first.').waitFor();
    await latestTrace().getByText('422').waitFor();

    await page.getByLabel('What is on your mind').fill('x'.repeat(281));
    await page.getByRole('button', { name: 'Crud' }).click();
    await page.getByText('That is too long.').waitFor();
  });

  it('replies to a crud as somebody else, and notifies only the author', async () => {
    const reloaded = page.waitForResponse(/\/api\/activities\/home/);
    await page.getByLabel('Acting as').selectOption('garek');
    await reloaded;
    const crud = feed().filter({ hasText: 'My shoes are too tight' });
    await crud.getByRole('button', { name: 'Reply' }).click();
    await crud.getByLabel('Your answer to @londo').fill('I know a tailor');
    await crud.locator('.composer button').click();
    await crud.locator('.replies').getByText('I know a tailor').waitFor();

    await page.getByLabel('Acting as').selectOption('londo');
    await page.getByRole('link', { name: 'Notifications' }).click();
    await page.getByText('Answered you').waitFor();
    await feed().first().getByText('I know a tailor').waitFor();
  });

  it('searches, and opens profiles and single cruds', async () => {
    await page.getByLabel('Search cruds').fill('honor');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Cruds with “honor”' }).waitFor();
    await page.getByText('This post has no honor!').waitFor();

    await page.getByRole('link', { name: 'Worf @worf' }).first().click();
    await page.getByRole('heading', { name: '@worf' }).waitFor();
    await page.getByText('Today is a good day to deploy').waitFor();

    await page.locator('.when').first().click();
    await page.getByRole('heading', { name: 'Crud', exact: true }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: '@worf' }).waitFor();
  });

  it('explains what is wrong with an address, with a link to the trace', async () => {
    await page.goto(`${cruddur.url}/#/@nobody`);
    await page.getByText('No user on Cruddur has the handle @nobody.').waitFor();
    expect(await page.getByRole('link', { name: 'See its trace' }).getAttribute('href')).toMatch(
      /^http:\/\/127\.0\.0\.1:2000\/traces\/1-/,
    );
  });

  it('makes a query for each crud on request', async () => {
    await page.getByLabel('One query per crud (N+1)').check();
    await page.locator('.rail').getByText('n_plus_one=1').waitFor();

    await soon(() => {
      const segment = cruddur.xray.documents.at(-1);
      expect(segment?.subsegments?.[0]?.annotations).toEqual({ n_plus_one: true });
    });
  });

  it.each(['light', 'dark'] as const)(
    'has no accessibility fault that axe finds, in %s',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await page.getByRole('button', { name: 'Crud' }).click();
      await page.getByText('Write something first.').waitFor();
      await feed().first().getByRole('button', { name: 'Reply' }).click();

      // Through the protocol, which a Content-Security-Policy does not bind.
      const found = await page.evaluate<{ id: string; nodes: unknown[] }[]>(
        `(() => { ${AXE}; return axe.run().then(({ violations }) =>
        violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }))); })()`,
      );
      expect(found).toEqual([]);
    },
  );

  it('fits on a phone without scrolling sideways', async () => {
    await page.setViewportSize({ width: 360, height: 720 });

    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(await latestTrace().isVisible()).toBe(true);
  });

  it('is served with a policy that lets no foreign or inline script run, and is not traced', async () => {
    cruddur.xray.documents.length = 0;
    const answer = await fetch(`${cruddur.url}/`);

    expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(answer.headers.get('x-trace-id')).toBeNull();
    expect(cruddur.xray.documents).toEqual([]);
  });
});
