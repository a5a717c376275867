// How fast the pages about many traces are, from Chromium's own trace. Prints JSON:
//   node bench/viewer/many.bench.mjs 1000000
// Needs `npm run build` and Chromium (or CHROMIUM_PATH). The database is created once and kept in the temporary
// folder. 1,000,000 traces take a few minutes and some gigabytes. Exits with code 1 if a limit is missed.
import { availableParallelism, loadavg } from 'node:os';
import { filled } from '../local-xray/filled.mjs';
import { percentile, startServer } from '../local-xray/support.mjs';
import { launch, openMeasured, scrollMeasured } from './chromium.mjs';

const LIMITS = { openMs: 300, frameMs: 50 };
const RUNS = Number(process.env.RUNS ?? 3);
const PAGES = {
  '/routes': { ready: 'tbody tr', scroll: 'page' },
  '/traces': { ready: '[data-id]', scroll: 'page' },
  '/errors': { ready: 'tbody tr', scroll: 'section[tabindex="0"]' },
  '/queries': { ready: 'tbody tr', scroll: 'section[tabindex="0"]' },
};

const traces = Number(process.argv[2] ?? 100_000);
const server = await startServer({
  db: await filled(traces),
  args: ['--retention', '3650d,1000GB'],
});
const browser = await launch();
const pages = {};
const missed = [];
try {
  for (const [path, { ready, scroll }] of Object.entries(PAGES)) {
    pages[path] = await measure(`${server.base}${path}?range=all`, ready, scroll);
    const { openMs, longestFrameMs } = pages[path];
    process.stderr.write(` ${path}: rows after ${openMs} ms, longest frame ${longestFrameMs} ms\n`);
    if (openMs > LIMITS.openMs) missed.push(`${path} shows its first rows after ${openMs} ms`);
    if (longestFrameMs > LIMITS.frameMs)
      missed.push(`scrolling ${path} has a frame of ${longestFrameMs} ms`);
  }
} finally {
  await browser.close();
  await server.stop({ keep: true });
}
const machine = { cores: availableParallelism(), load: Math.round(loadavg()[0] * 10) / 10 };
process.stdout.write(
  `${JSON.stringify({ traces, chromium: browser.version(), machine, limits: LIMITS, pages, missed }, null, 2)}\n`,
);
process.exitCode = missed.length > 0 ? 1 : 0;

/** The median of the openings, after one to warm up the server, and the worst of the scrolls. */
async function measure(url, ready, scroll) {
  const opened = [];
  const scrolled = [];
  for (let run = 0; run <= RUNS; run++) {
    const { page, openMs } = await openMeasured(browser, url, ready);
    if (run > 0) {
      opened.push(openMs);
      // A page with few rows does not scroll.
      if (await scrolls(page, scroll)) scrolled.push(await scrollMeasured(browser, page, scroll));
    }
    await page.context().close();
  }
  const worst = (key) =>
    scrolled.length > 0 ? Math.max(...scrolled.map((one) => one[key])) : undefined;
  return {
    openMs: percentile(opened, 50),
    openMsOfEachRun: opened,
    longestFrameMs: worst('longestFrameMs'),
    longestTaskMs: worst('longestTaskMs'),
    longestTaskCpuMs: worst('longestTaskCpuMs'),
  };
}

function scrolls(page, scroll) {
  return page.evaluate((selector) => {
    const { scrollHeight, clientHeight } =
      (selector !== 'page' && document.querySelector(selector)) || document.documentElement;
    return scrollHeight > clientHeight;
  }, scroll);
}
