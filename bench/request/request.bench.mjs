import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { startProcess } from '../lib/processes.mjs';
import { summary } from '../lib/stats.mjs';

const require = createRequire(import.meta.url);
const { variantOf } = require('../tracers/variants.cjs');

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const SERVER_CORE = 0;
const LOAD_CORE = 1;
const PATH = '/api/activities/@andrewbrown';

/**
 * CPU time that one request takes in the process of the server, for each variant.
 *
 * A round starts every variant in its own process and warms each up. Then each handles `block`
 * requests, in turn, `turns` times, so that other load on the machine affects all of them alike. The
 * figure of a turn is the CPU time that a process used from this block to its next one, so that
 * sending later is included. It is compared with `untraced` in the same turn. The figure of a round is
 * the median of its turns.
 */
export async function benchRequest(settings) {
  const { names, rounds, log } = settings;
  const sink = await startProcess(file('sink.cjs'), { core: LOAD_CORE });
  const load = await startProcess(file('load.cjs'), { core: LOAD_CORE });
  const redis = await startRedis(names);
  const results = new Map(names.map((name) => [name, []]));
  try {
    for (let round = 0; round < rounds; round++) {
      const figures = await measureRound({ ...settings, sink, load, redis, round });
      for (const [name, figure] of figures) {
        results.get(name).push(figure);
        log?.(`  ${name}: ${figure.over.toFixed(1)} µs over untraced (round ${round + 1})`);
      }
    }
  } finally {
    await Promise.all([sink.end(), load.end(), redis?.end()]);
  }
  return names.map((name) => row(name, results.get(name)));
}

async function measureRound(settings) {
  const {
    names,
    warmUp,
    turns,
    block,
    connections = 32,
    node,
    sink,
    load,
    redis,
    round,
  } = settings;
  const drive = ({ server }, requests) =>
    load.ask('run', { port: server.hello.port, path: PATH, requests, connections });
  const subjects = [];
  try {
    for (const name of names) {
      const subject = await startSubject(name, { sink, redis, node });
      subjects.push(subject);
      await drive(subject, warmUp);
    }
    for (let turn = 0; turn < turns; turn++) {
      for (const subject of turned(subjects, turn + round)) {
        subject.marks.push(await subject.server.ask('mark'));
        subject.perSecond.push((await drive(subject, block)).perSecond);
      }
    }
    for (const { server, marks } of subjects) marks.push(await server.ask('mark'));
    await Promise.all(subjects.map(({ server }) => server.ask('flush')));
    for (const subject of subjects) {
      const expected = expectedOf(subject.name, warmUp + turns * block);
      subject.sent = await quiet(sink, subject.port, expected);
      subject.lost = expected - subject.sent.seen;
    }
  } finally {
    await Promise.all(subjects.map(({ server }) => server.end()));
  }
  return figuresOf(subjects, { block, served: warmUp + turns * block });
}

/** Starts the simulated Redis server if a variant needs it. */
export async function startRedis(names) {
  if (!names.some((name) => variantOf(name).redis)) return undefined;
  return startProcess(file('redis.cjs'), { core: LOAD_CORE });
}

/** The addresses of the sink and of Redis, for a server. */
export const addresses = ({ udpPort, httpPort }, redis) => ({
  SINK_UDP: String(udpPort),
  SINK_HTTP: String(httpPort),
  ...(redis && { REDIS_PORT: String(redis.hello.port) }),
});

async function startSubject(name, { sink, redis, node }) {
  const port = await sink.ask('open');
  const server = await startProcess(file('server.cjs'), {
    args: [name],
    env: addresses(port, redis),
    core: SERVER_CORE,
    node,
  });
  return { name, port, server, marks: [], perSecond: [] };
}

function figuresOf(subjects, { block, served }) {
  const perTurn = ({ marks }) =>
    marks.slice(1).map(({ cpuMicros }, turn) => (cpuMicros - marks[turn].cpuMicros) / block);
  const baselines = new Map(subjects.map((subject) => [subject.name, perTurn(subject)]));
  return subjects.map((subject) => {
    const micros = perTurn(subject);
    const untraced = baselines.get(baselineOf(subject.name));
    const { lost, sent } = subject;
    return [
      subject.name,
      {
        micros: summary(micros).median,
        over: summary(micros.map((value, turn) => value - untraced[turn])).median,
        capacity: summary(micros.map((value, turn) => untraced[turn] / value)).median,
        perSecond: summary(subject.perSecond).median,
        rssMb: subject.marks.at(-1).rss / 2 ** 20,
        lost,
        bytesPerRequest: sent.bytes / served,
        messagesPerRequest: sent.messages / served,
      },
    ];
  });
}

/** The same list, beginning at a different item each time. */
function turned(list, by) {
  const from = by % list.length;
  return [...list.slice(from), ...list.slice(0, from)];
}

/** The variant without tracing that `name` is compared with. */
export const baselineOf = (name) => variantOf(name).baseline ?? 'untraced';

/** How many of `requests` should arrive at the sink. */
function expectedOf(name, requests) {
  const { tracer, options } = variantOf(name);
  return tracer === 'untraced' || options?.sampled === false ? 0 : requests;
}

/** Waits until the sink has received what is expected, or nothing more for half a second. */
async function quiet(sink, port, expected) {
  let counts = await sink.ask('counts', port);
  let idle = 0;
  while (counts.seen < expected && idle < 10) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const next = await sink.ask('counts', port);
    idle = next.messages === counts.messages ? idle + 1 : 0;
    counts = next;
  }
  return counts;
}

function row(name, rounds) {
  const { title, ours = false, reference = false } = variantOf(name);
  const of = (key) => summary(rounds.map((figure) => figure[key]));
  return {
    name,
    title,
    ours,
    reference,
    micros: of('micros'),
    over: of('over'),
    capacity: of('capacity').median,
    perSecond: of('perSecond').median,
    rssMb: of('rssMb').median,
    lost: rounds.reduce((sum, { lost }) => sum + lost, 0),
    messagesPerRequest: of('messagesPerRequest').median,
    bytesPerRequest: of('bytesPerRequest').median,
  };
}
