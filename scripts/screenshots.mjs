// node scripts/screenshots.mjs: docs/images/{traces,waterfall,map,exception}-{light,dark}.png,
// of a local X-Ray that it starts and fills with a quarter of an hour of Cruddur's traffic.
// Needs a build and Chromium (or CHROMIUM_PATH).
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from '../bench/viewer/chromium.mjs';
import { startLocalXray } from '../bench/viewer/server.mjs';
import { faultyPost, traffic } from '../libs/trace/test/cruddur-traces.mjs';

const ROOT = new URL('..', import.meta.url).pathname;
const IMAGES = join(ROOT, 'docs', 'images');
const SIZE = { width: 1440, height: 900 };
const MOST_BYTES = 300_000;

/** What each picture shows: where it is, when it is there, and what is done before. */
function pictures(trace) {
  return {
    traces: {
      path: '/traces',
      ready: '.tr >> nth=5',
    },
    waterfall: {
      path: `/traces/${trace}?tab=overview`,
      ready: '.wf-row >> nth=10',
    },
    exception: {
      path: `/traces/${trace}?tab=exception`,
      ready: '.exc',
    },
    map: {
      path: '/map?sel=service:notifications',
      ready: 'text=/^Show [0-9,]+ traces?$/',
    },
  };
}

const server = await startLocalXray();
const browser = await launch();
try {
  const now = Date.now() / 1000;
  const faulty = faultyPost(now - 2, { ended: true });
  const traces = [...traffic(1_280, now - 3, { seconds: 840 }), faulty];
  await server.send(traces.flatMap(({ segments }) => segments));
  await server.quiet();
  mkdirSync(IMAGES, { recursive: true });
  for (const theme of ['light', 'dark']) {
    for (const [name, picture] of Object.entries(pictures(faulty.traceId))) {
      await take(join(IMAGES, `${name}-${theme}.png`), theme, picture);
    }
  }
} finally {
  await browser.close();
  await server.stop();
}

async function take(file, theme, { path, ready }) {
  // Without motion every picture of the same page is the same picture.
  const context = await browser.newContext({
    viewport: SIZE,
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(server.url + path);
  await page.locator(ready).first().waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: file });
  await context.close();
  const { size } = statSync(file);
  if (size > MOST_BYTES) throw new Error(`${file} has ${size} bytes, more than ${MOST_BYTES}.`);
  process.stdout.write(`${file.slice(ROOT.length)} ${Math.round(size / 1000)} kB\n`);
}
