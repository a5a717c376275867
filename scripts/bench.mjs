// Measures what tracing costs, and writes docs/performance.md. See `npm run bench -- --help`.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = new URL('..', import.meta.url).pathname;
const BENCH = join(ROOT, 'bench');

const HELP = `npm run bench -- [options]

  --quick             most of it in under three minutes, into bench/results/quick.json; docs stay as they are
  --only <a,b>        some of request, call, document, start-up, lambda, memory, local-xray, viewer
  --node <20,22,24>   Node versions for request, call, start-up and lambda (default all; --quick: the running one)
  --variants <a,b>    variants of the request bench (default all; untraced is always among them)
  --rounds <n>        rounds of the request bench
  --profile <variant> where the CPU of one variant goes, by self time; measures nothing else
  --keep-toolkit      measure the toolkit as installed by the last run instead of packing it anew
  --report            write docs/performance.md from the last full results, without measuring

A full run writes bench/results/full.json (with --only: those parts of it) and docs/performance.md.
`;

const { values: given } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    node: { type: 'string' },
    variants: { type: 'string' },
    rounds: { type: 'string' },
    profile: { type: 'string' },
    'keep-toolkit': { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (given.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

installPeers();
const { writeReport } = await import('../bench/report/report.mjs');
const { printResults } = await import('../bench/report/print.mjs');
const { runSections, SECTIONS } = await import('../bench/sections.mjs');

const results = join(BENCH, 'results', given.quick ? 'quick.json' : 'full.json');
const log = (line) => process.stderr.write(`${line}\n`);

if (given.report) {
  await writeReport(readJson(results));
} else {
  if (!given['keep-toolkit']) {
    log('Packing the toolkit…');
    const { installToolkit } = await import('../bench/lib/toolkit.mjs');
    installToolkit();
  }
  if (given.profile) await profile(given.profile);
  else await measure();
}

async function measure() {
  const [load] = loadavg();
  if (load > availableParallelism() / 2) {
    log(
      `This machine is busy (load average ${load.toFixed(1)}), so the figures in microseconds will be too high. ` +
        'Compare rows only with each other, and measure again when the machine is idle.',
    );
  }
  const only = list(given.only) ?? SECTIONS;
  const unknown = only.filter((name) => !SECTIONS.includes(name));
  if (unknown.length > 0) {
    throw new Error(`There is no bench "${unknown[0]}". Use one of ${SECTIONS.join(', ')}.`);
  }
  if (only.includes('local-xray') || only.includes('viewer')) {
    log('Building local X-Ray and its page…');
    execFileSync('npm', ['run', 'build', '--silent'], { cwd: ROOT, stdio: 'inherit' });
  }
  const measured = await runSections({
    only,
    quick: given.quick,
    nodes: list(given.node),
    variants: list(given.variants),
    rounds: given.rounds === undefined ? undefined : Number(given.rounds),
    log,
    // Save each part, because it takes minutes and the next one may fail.
    done(name, section) {
      mkdirSync(join(BENCH, 'results'), { recursive: true });
      const all = existsSync(results) ? readJson(results) : {};
      writeFileSync(results, `${JSON.stringify({ ...all, [name]: section }, null, 2)}\n`);
    },
  });
  printResults(measured);
  if (!given.quick) await writeReport(readJson(results));
}

async function profile(name) {
  const { profileRequest } = await import('../bench/request/profile.bench.mjs');
  const save = join(ROOT, `${name}.cpuprofile`);
  const { packages, owners, functions } = await profileRequest({ name, requests: 20_000, save });
  const print = (rows) =>
    rows.forEach(([where, micros]) => console.log(`${micros.toFixed(2).padStart(8)}  ${where}`));
  console.log('µs per request, by package');
  print(packages.slice(0, 15));
  console.log('\nµs per request, by function, including its calls of Node');
  print(owners.slice(0, 40));
  console.log('\nµs per request, by function, without its calls');
  print(functions.slice(0, 40));
  console.log(`\nThe profile is in ${save}.`);
}

/** Installs the other tracers, which only bench/ depends on, if they are missing or have changed. */
function installPeers() {
  const installed = join(BENCH, 'node_modules', '.package-lock.json');
  const lock = join(BENCH, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  process.stderr.write('Installing the tracers to compare (npm ci in bench/)…\n');
  execFileSync('npm', ['ci', '--loglevel=error'], { cwd: BENCH, stdio: 'inherit' });
}

function readJson(path) {
  if (!existsSync(path))
    throw new Error(`${path} does not exist yet: run \`npm run bench\` first.`);
  return JSON.parse(readFileSync(path, 'utf8'));
}

function list(text) {
  return text?.split(',').map((part) => part.trim());
}
