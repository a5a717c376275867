// Measures the speed of the console with Chromium's tracing, and its size. Prints JSON:
//   node bench/viewer/viewer.bench.mjs
// Needs `npm run build` and Chromium (or CHROMIUM_PATH). Exit code 1 when a limit is missed.
import { availableParallelism, loadavg } from 'node:os';
import { pathToFileURL } from 'node:url';
import { largeTrace, traffic } from '../../libs/trace/test/cruddur-traces.mjs';
import { launch, openMeasured, scrollMeasured } from './chromium.mjs';
import { pageSize } from './page-size.mjs';
import { startLocalXray } from './server.mjs';

const LIMITS = { openMs: 1_000, frameMs: 50, gzipBytes: 120_000 };
const SUBSEGMENTS = 5_000;
const TRACES = 10_000;
const RUNS = 3;

/** Medians of three runs in new tabs. For scrolling, the longest frame of all runs. */
export async function benchViewer({ log = () => undefined, runs = RUNS } = {}) {
  const size = pageSize();
  log(` page ${Math.round(size.gzipBytes / 100) / 10} kB gzip`);
  const server = await startLocalXray();
  const browser = await launch();
  try {
    const now = Date.now() / 1000;
    const large = largeTrace(now - 3_000, SUBSEGMENTS);
    await server.send(large.segments);
    const trace = await measure(browser, server, `/traces/${large.traceId}`, {
      ready: '[role=treegrid] [role=row]',
      scroll: '[data-rows]',
      runs,
    });
    log(
      ` trace of ${SUBSEGMENTS} subsegments: opens in ${trace.openMs} ms, longest frame ${trace.scroll.longestFrameMs} ms`,
    );
    // Small traces, because their number is what is measured.
    const many = traffic(TRACES, now - 5, { seconds: 800 });
    await server.send(many.flatMap(({ segments }) => segments));
    const list = await measure(browser, server, '/traces?range=1h', {
      ready: '[data-id]',
      scroll: 'page',
      runs,
    });
    log(
      ` list of ${TRACES} traces: opens in ${list.openMs} ms, longest frame ${list.scroll.longestFrameMs} ms`,
    );
    return {
      chromium: browser.version(),
      // Frames wait while other processes use the CPU: with a load above 1 per core, times are not meaningful.
      machine: { cores: availableParallelism(), load: Math.round(loadavg()[0] * 10) / 10 },
      limits: LIMITS,
      size,
      trace: { subsegments: SUBSEGMENTS, ...trace },
      list: { traces: TRACES, ...list },
    };
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function measure(browser, server, path, { ready, scroll, runs }) {
  await server.quiet();
  const opened = [];
  const scrolled = [];
  for (let run = 0; run < runs; run++) {
    const { page, openMs } = await openMeasured(browser, server.url + path, ready);
    opened.push(openMs);
    scrolled.push(await scrollMeasured(browser, page, scroll));
    await page.context().close();
  }
  const worst = (key) => Math.max(...scrolled.map((one) => one[key]));
  return {
    openMs: median(opened),
    openMsOfEachRun: opened,
    scroll: {
      frames: scrolled.reduce((sum, one) => sum + one.frames, 0),
      longestFrameMs: worst('longestFrameMs'),
      longestTaskMs: worst('longestTaskMs'),
      longestTaskCpuMs: worst('longestTaskCpuMs'),
      rowsScrolled: Math.min(...scrolled.map((one) => one.rowsScrolled)),
    },
  };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** The limits that were exceeded, as messages. Empty if none was. */
export function missed({ size, trace, list }) {
  const wrong = [];
  if (size.gzipBytes > LIMITS.gzipBytes) wrong.push(`the page has ${size.gzipBytes} bytes gzip`);
  for (const [what, { openMs, scroll }] of Object.entries({ trace, list })) {
    if (openMs > LIMITS.openMs) wrong.push(`the ${what} opens in ${openMs} ms`);
    if (scroll.longestFrameMs > LIMITS.frameMs) {
      wrong.push(`scrolling the ${what} has a frame of ${scroll.longestFrameMs} ms`);
    }
  }
  return wrong;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const result = await benchViewer({ log: (line) => process.stderr.write(`${line}\n`) });
  const wrong = missed(result);
  process.stdout.write(`${JSON.stringify({ ...result, missed: wrong }, null, 2)}\n`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
