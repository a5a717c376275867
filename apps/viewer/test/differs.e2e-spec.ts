import { TraceWriter } from '../../../libs/trace/test/cruddur-traces.mjs';
import { violations } from './axe';
import { describeInChromium } from './chromium';
import { Console, type ConsolePage } from './console';

const T0 = Date.now() / 1000 - 200;

describeInChromium('what is different', () => {
  let xray: Console;
  beforeAll(async () => {
    xray = await Console.start();
    const write = (at: number, annotations: Record<string, string>) =>
      new TraceWriter(T0 + at).segment('shop', 0, 20, {
        annotations,
        service: { version: `build ${annotations.app_version}` },
      });
    await xray.send([
      ...Array.from({ length: 6 }, (_, at) =>
        write(at, { app_version: '2.9.0', plan: 'free', 'old.way "x"': 'yes' }),
      ),
      ...Array.from({ length: 4 }, (_, at) =>
        write(20 + at, { app_version: '2.10.0', plan: 'gold' }),
      ),
      ...Array.from({ length: 3 }, (_, at) =>
        write(40 + at, { app_version: '2.10.0', plan: 'free' }),
      ),
    ]);
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  const rowOf = (page: ConsolePage, text: string) =>
    page.getByRole('table', { name: 'Differences' }).locator('tbody tr').filter({ hasText: text });
  const write = async (page: ConsolePage, side: string, filter: string) => {
    await page.getByRole('combobox', { name: `${side}: filter expression` }).fill(filter);
    await page.keyboard.press('Enter');
  };
  const choose = async (page: ConsolePage, menu: string, build: string) => {
    await page.getByRole('button', { name: menu }).click();
    await page.getByRole('option', { name: build }).click();
  };
  const listed = async (page: ConsolePage, amount: number) => {
    await page.waitForURL(/\/traces\?/);
    await page.waitForFunction(
      (rows) => document.querySelectorAll('[data-id]').length === rows,
      amount,
    );
  };

  it('between two filters, one of which may contain OR', async () => {
    const page = await xray.open('/compare?live=off');
    await page.getByRole('link', { name: 'two filters' }).click();
    await write(page, 'Selection', 'annotation.plan = "gold" OR annotation.plan = "silver"');
    await page.waitForURL(/with=/);
    await rowOf(page, 'gold').waitFor();
    await write(page, 'Others', 'annotation.app_version = "2.9.0"');
    await page.waitForURL(/against=/);
    await page.getByText('4 traces against 6').waitFor();
    expect(await violations(page)).toEqual([]);
    await rowOf(page, 'annotation.app_version').getByRole('button', { name: 'Only these' }).click();
    await listed(page, 4);
    await page.goBack();
    // What the others alone have leads to theirs.
    await rowOf(page, 'old.way').getByRole('button', { name: 'Only these' }).click();
    await listed(page, 6);
    expect(page.problems).toEqual([]);
  });

  it('shows which side has an invalid filter, and what is wrong', async () => {
    const page = await xray.open('/compare?sides=filters&with=ok');
    await write(page, 'Others', 'foult');
    const others = page.getByRole('combobox', { name: 'Others: filter expression' });
    await page.getByRole('alert').waitFor();
    expect(await others.getAttribute('aria-invalid')).toBe('true');
    expect(await page.getByRole('alert').count()).toBe(1);
  });

  it('between two builds, by the version of their segments', async () => {
    const page = await xray.open('/compare?live=off');
    await page.getByRole('link', { name: 'two builds' }).click();
    await page.getByRole('button', { name: 'What names the build: service.version' }).waitFor();
    await choose(page, 'Selection: build', 'build 2.10.0 (7)');
    await choose(page, 'Others: build', 'build 2.9.0 (6)');
    await page.getByText('7 traces against 6').waitFor();
    expect(new URL(page.url()).searchParams.get('with')).toBe('service.version = "build 2.10.0"');
    await rowOf(page, 'service.version').getByText('build 2.10.0').waitFor();
    await rowOf(page, 'gold').getByRole('button', { name: 'Only these' }).click();
    await listed(page, 4);
    expect(page.problems).toEqual([]);
  });

  it('between two builds, by an annotation', async () => {
    const page = await xray.open('/compare?live=off');
    await page.getByRole('link', { name: 'two builds' }).click();
    await choose(page, 'What names the build', 'app_version');
    await choose(page, 'Selection: build', '2.10.0');
    await choose(page, 'Others: build', '2.9.0');
    await page.getByText('7 traces against 6').waitFor();
    expect(await violations(page)).toEqual([]);
    await rowOf(page, 'gold').getByRole('button', { name: 'Only these' }).click();
    await listed(page, 4);
    await page.goBack();
    await page.getByText('7 traces against 6').waitFor();
    await page.goBack();
    await page.getByText('Choose two builds').waitFor();
    expect(page.problems).toEqual([]);
  });

  it('from a part of the chart, selected by keyboard', async () => {
    const page = await xray.open(`/compare?range=${Math.floor(T0)}-${Math.floor(T0) + 60}`);
    await page.getByRole('link', { name: 'a part of the chart' }).click();
    await page.getByText('Drag over the chart to select traces:').waitFor();
    await page.getByRole('img', { name: /^Response times .* Half of 13/ }).waitFor();
    await page.keyboard.press('b');
    for (let step = 0; step < 15; step++) await page.keyboard.press('ArrowRight');
    await page.getByText('7 traces against 6').waitFor();
    await page.waitForURL(/since=/);
    await rowOf(page, 'annotation.app_version').getByText('2.10.0').waitFor();
    await rowOf(page, 'annotation.plan').click();
    const values = page.getByRole('complementary', { name: 'Selected attribute' });
    await values.getByText('gold').waitFor();
    expect(await values.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/^gold\s+57\.1\s+0$/),
      expect.stringMatching(/^free\s+42\.9\s+100\.0$/),
    ]);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Show these 7 traces' }).click();
    await listed(page, 7);
    await page.goBack();
    await page.getByText('7 traces against 6').waitFor();
    await page.getByRole('button', { name: 'Clear selection' }).click();
    await page.getByText('Drag over the chart to select traces:').waitFor();
    expect(page.problems).toEqual([]);
  });
});
