// node scripts/screenshots.mjs [name …]: takes the pictures in docs/images from the running demo after a few hundred
// requests: traces, waterfall, map and exception, each in light and dark, and from-request-to-line.gif.
// Needs a build, Chromium (or CHROMIUM_PATH), and ImageMagick's convert for the GIF.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from '../bench/viewer/chromium.mjs';
import { startDemo } from './demo.mjs';
import { ask, traffic } from './traffic.mjs';

const ROOT = new URL('..', import.meta.url).pathname;
const IMAGES = join(ROOT, 'docs', 'images');
const MOVING = 'from-request-to-line.gif';
const SIZE = { width: 1200, height: 750 };
const MOST_BYTES = 300_000;
const MOST_BYTES_MOVING = 2_000_000;
const REQUESTS = 300;

const FEED = '[role=row][data-name="HomeActivities.repliesOneByOne"]';
const LINE = 'text=/home-activities.service.ts:\\d+/';

/** For each picture its address, what to do there, and the condition for when it is ready. */
function pictures(slow, faulty) {
  return {
    waterfall: { path: `/traces/${slow}`, click: '[data-hint]', ready: LINE },
    traces: { path: '/traces', ready: '[data-id] >> nth=5' },
    exception: { path: `/traces/${faulty}?tab=exception`, ready: '[aria-label=Stack]' },
    map: { path: '/map?sel=service:notifications', ready: 'text=/^Show [0-9,]+ traces?$/' },
  };
}

const only = process.argv.slice(2);
const demo = await startDemo();
const browser = await launch();
try {
  await traffic(demo.cruddur, REQUESTS);
  const slow = await ask(demo.cruddur, '/api/activities/home?n_plus_one=1');
  const faulty = await ask(demo.cruddur, '/api/mistakes/fault');
  mkdirSync(IMAGES, { recursive: true });
  for (const [name, picture] of Object.entries(pictures(slow, faulty))) {
    if (only.length > 0 && !only.includes(name)) continue;
    for (const theme of ['light', 'dark']) await take(`${name}-${theme}.png`, theme, picture);
  }
  if (only.length === 0 || only.includes('moving')) await takeMoving();
} finally {
  await browser.close();
  await demo.stop();
}

async function take(name, theme, { path, click, ready }) {
  const page = await open(theme);
  await page.goto(demo.localXray + path);
  if (click) await page.locator(click).first().click();
  await page.locator(ready).first().waitFor();
  await shoot(page, join(IMAGES, name));
  await page.context().close();
  requireSize(name, MOST_BYTES);
}

/** Takes the GIF: from a request on Cruddur's page to the line of code that is the cause. */
async function takeMoving() {
  const folder = mkdtempSync(join(tmpdir(), 'moving-picture-'));
  const frames = [];
  const page = await open('light');
  const frame = async (caption, seconds) => {
    await page.evaluate(showCaption, caption);
    const file = join(folder, `${frames.length}.png`);
    await shoot(page, file);
    frames.push('-delay', String(seconds * 100), file);
  };
  try {
    await page.goto(demo.cruddur);
    await page.locator('.cruds').waitFor();
    await frame('A request to your app …', 1.5);
    await page.getByLabel(/N\+1/).check();
    const row = page.locator('.rail a.row', { hasText: 'n_plus_one' }).first();
    await row.waitFor();
    await frame('… was slow. Each request is a trace.', 2);
    await page.goto(await row.getAttribute('href'));
    await page.locator(FEED).waitFor();
    await frame('The trace shows where the time went …', 2.5);
    await page.locator('[data-hint]').first().hover();
    await frame('… and a hint says what is wrong: one query for each row.', 2.5);
    await page.locator('[data-hint]').first().click();
    await page.locator(LINE).first().waitFor();
    await frame('A click on it leads to the line.', 4);
    const made = join(IMAGES, MOVING);
    execFileSync('convert', [
      '-loop',
      '0',
      ...frames,
      '-colors',
      '96',
      '-layers',
      'Optimize',
      made,
    ]);
    requireSize(MOVING, MOST_BYTES_MOVING);
  } finally {
    await page.context().close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs in the page. */
function showCaption(text) {
  const caption = document.querySelector('#caption') ?? document.createElement('div');
  caption.id = 'caption';
  caption.textContent = text;
  Object.assign(caption.style, {
    position: 'fixed',
    inset: 'auto 0 0 0',
    zIndex: '9999',
    padding: '14px 24px',
    background: '#1b1f24',
    color: '#ffffff',
    font: '600 20px system-ui, sans-serif',
    textAlign: 'center',
  });
  document.body.append(caption);
}

/** Opens a page without animations, so that pictures can be reproduced. */
async function open(colorScheme) {
  const context = await browser.newContext({
    viewport: SIZE,
    colorScheme,
    reducedMotion: 'reduce',
  });
  return context.newPage();
}

async function shoot(page, path) {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path });
}

function requireSize(name, most) {
  const { size } = statSync(join(IMAGES, name));
  if (size > most) throw new Error(`docs/images/${name} has ${size} bytes, more than ${most}.`);
  process.stdout.write(`docs/images/${name} ${Math.round(size / 1000)} kB\n`);
}
