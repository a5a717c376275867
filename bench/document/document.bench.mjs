import { fileURLToPath } from 'node:url';
import { startProcess } from '../lib/processes.mjs';
import { summary } from '../lib/stats.mjs';

const SERVER = fileURLToPath(new URL('server.cjs', import.meta.url));
const SINK = fileURLToPath(new URL('../request/sink.cjs', import.meta.url));
const SENDERS = ['nestjs-xray', 'aws-sdk'];
/** Turns that are not counted, so that optimised code is measured. */
const WARM_UP_TURNS = 10;
const SHAPES = { small: 500, medium: 60, large: 40 };

/** CPU from a closed segment to its datagrams on the socket, and how many datagrams and bytes that were. */
export async function benchDocument({ turns, node, log }) {
  const sink = await startProcess(SINK, { core: 1 });
  const servers = [];
  let uncounted = 0;
  try {
    for (const name of SENDERS) {
      const { id, udpPort } = await sink.ask('open');
      const options = { args: [name], core: 0, node, flags: ['--expose-gc'] };
      const server = await startProcess(SERVER, { ...options, env: { SINK_UDP: String(udpPort) } });
      servers.push({ name, id, server });
    }
    const rows = [];
    for (const [shape, count] of Object.entries(SHAPES)) {
      const micros = SENDERS.map(() => []);
      const before = await counts(sink, servers);
      for (let turn = 0; turn < turns + WARM_UP_TURNS; turn++) {
        for (const [index, { server }] of servers.entries()) {
          const sent = await server.ask('send', { shape, count });
          micros[index].push(sent.micros);
          ({ uncounted } = sent);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
      const after = await counts(sink, servers);
      for (const [index, { name }] of servers.entries()) {
        const arrived = (key) =>
          (after[index][key] - before[index][key]) /
          ((turns + WARM_UP_TURNS) * (count + uncounted));
        const row = {
          name,
          shape,
          micros: summary(micros[index].slice(WARM_UP_TURNS)),
          datagrams: arrived('messages'),
          bytes: arrived('bytes'),
        };
        rows.push(row);
        log?.(
          `  ${shape}, ${name}: ${row.micros.median.toFixed(0)} µs, ${row.datagrams} datagrams`,
        );
      }
    }
    return rows;
  } finally {
    await Promise.all([sink.end(), ...servers.map(({ server }) => server.end())]);
  }
}

const counts = (sink, servers) => Promise.all(servers.map(({ id }) => ask(sink, id)));
let queue = Promise.resolve();
/** Sends one question at a time, because answers do not say to which question they belong. */
function ask(sink, id) {
  return (queue = queue.then(() => sink.ask('counts', { id })));
}
