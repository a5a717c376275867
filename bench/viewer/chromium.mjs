import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const CATEGORIES = ['toplevel', 'blink.user_timing', 'disabled-by-default-devtools.timeline.frame'];
const MARK = 'rows are there';
const SCROLL_STEPS = 120;

export function launch() {
  const executablePath = [process.env.CHROMIUM_PATH, ...PLACES].find(
    (path) => path && existsSync(path),
  );
  if (!executablePath) {
    throw new Error(
      'There is no Chromium. Install it (apt-get install chromium) or set CHROMIUM_PATH.',
    );
  }
  return chromium.launch({ executablePath, args: FLAGS });
}

/**
 * Opens the address in a new tab. `openMs` is from the start of the navigation
 * to the first frame drawn once an element matches `ready`, both from the trace.
 */
export async function openMeasured(browser, url, ready) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(
    ([selector, mark]) => {
      const observer = new MutationObserver(() => {
        if (!document.querySelector(selector)) return;
        performance.mark(mark);
        observer.disconnect();
      });
      observer.observe(document, { childList: true, subtree: true });
    },
    [ready, MARK],
  );
  const events = await traced(browser, page, async () => {
    await page.goto(url, { waitUntil: 'commit' });
    await page.locator(ready).first().waitFor();
    await twoFrames(page);
    // The trace event of a presented frame follows some time after the page has drawn it.
    await new Promise((done) => setTimeout(done, 300));
  });
  const start = events.find(
    ({ name, args }) => name === 'navigationStart' && args?.data?.documentLoaderURL === url,
  );
  const mark = events.find(({ name }) => name === MARK);
  if (!start || !mark) throw new Error(`Chromium's trace lacks the start or the mark of ${url}.`);
  const drawn = presented(events, start.pid).find((ts) => ts >= mark.ts);
  if (drawn === undefined) throw new Error(`Chromium's trace shows no frame of ${url}.`);
  return { page, openMs: milliseconds(drawn - start.ts) };
}

/**
 * Scrolls the rows with the wheel, down and up again. The longest frame is the longest time between
 * two frames that were presented meanwhile.
 */
export async function scrollMeasured(browser, page, scroll) {
  const box = scroll === 'page' ? undefined : await page.locator(scroll).first().boundingBox();
  await page.mouse.move(box ? box.x + 200 : 700, box ? box.y + 100 : 700);
  const position = () =>
    page.evaluate((selector) => {
      const scroller = selector === 'page' ? undefined : document.querySelector(selector);
      return Math.round(scroller?.scrollTop ?? window.scrollY);
    }, scroll);
  let furthest = 0;
  const events = await traced(browser, page, async () => {
    await page.evaluate(() => performance.mark('scroll begins'));
    for (let step = 0; step < SCROLL_STEPS; step++) {
      await page.mouse.wheel(0, step < SCROLL_STEPS * 0.75 ? 400 : -300);
      if (step % 10 === 0) furthest = Math.max(furthest, await position());
    }
    await page.evaluate(() => performance.mark('scroll ends'));
    await twoFrames(page);
  });
  if (furthest === 0) throw new Error(`Nothing scrolled at ${page.url()}.`);
  const begin = events.find(({ name }) => name === 'scroll begins');
  const end = events.find(({ name }) => name === 'scroll ends');
  const within = (ts) => ts >= begin.ts && ts <= end.ts;
  const frames = presented(events, begin.pid).filter(within);
  const gaps = frames.slice(1).map((ts, index) => ts - frames[index]);
  const tasks = events.filter(
    ({ name, pid, tid, ts }) =>
      name === 'ThreadControllerImpl::RunTask' &&
      pid === begin.pid &&
      tid === begin.tid &&
      within(ts),
  );
  return {
    frames: frames.length,
    longestFrameMs: milliseconds(Math.max(0, ...gaps)),
    longestTaskMs: milliseconds(Math.max(0, ...tasks.map(({ dur = 0 }) => dur))),
    // Excluding the time in which other processes used the CPU.
    longestTaskCpuMs: milliseconds(Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur))),
    rowsScrolled: furthest,
  };
}

/** When the frames of a page's process were on screen, in microseconds. */
function presented(events, pid) {
  const reporters = events.filter(
    (event) => event.name === 'PipelineReporter' && event.pid === pid,
  );
  const shown = new Set();
  const times = [];
  for (const { ph, id2, args, ts } of reporters) {
    if (ph === 'b' && /^STATE_PRESENTED/.test(args?.frame_reporter?.state)) shown.add(id2.local);
    if (ph === 'e' && shown.delete(id2.local)) times.push(ts);
  }
  return times.sort((a, b) => a - b);
}

/** The events that Chromium traced while `work` ran, by time. */
async function traced(browser, page, work) {
  await browser.startTracing(page, { categories: CATEGORIES });
  let buffer;
  try {
    await work();
  } finally {
    buffer = await browser.stopTracing();
  }
  const { traceEvents } = JSON.parse(buffer.toString('utf8'));
  return traceEvents.sort((a, b) => a.ts - b.ts);
}

async function twoFrames(page) {
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}

/** Converts microseconds of a trace to milliseconds, rounded to a tenth. */
function milliseconds(microseconds) {
  return Math.round(microseconds / 100) / 10;
}
