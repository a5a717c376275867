'use strict';
// Creates closed segments, then measures the cost of serialising and sending them.
const { once } = require('node:events');
const { setTimeout } = require('node:timers/promises');
const { senders } = require('./senders.cjs');

/**
 * `small` is what a typical request records: five nested subsegments. `medium` just fits into a
 * datagram. `large` does not: it must be split, or is lost.
 */
const shapes = {
  small: { depth: 5, wide: 1, text: 0, perTurn: 4 },
  medium: { depth: 5, wide: 20, text: 400, perTurn: 1 },
  large: { depth: 5, wide: 60, text: 400, perTurn: 1 },
};

/** Sent before those that are counted: a forced collection discards optimised code. */
const UNCOUNTED = 8;

async function main() {
  const [kind] = process.argv.slice(2);
  const sender = await senders[kind]({ port: Number(process.env.SINK_UDP) });
  process.on('message', async ({ args: { shape, count } }) => {
    const closed = [];
    const { perTurn, ...size } = shapes[shape];
    for (let i = 0; i < count + UNCOUNTED; i++) closed.push(sender.make(size));
    globalThis.gc();
    const sendUntil = async (left) => {
      while (closed.length > left) {
        const next = closed.splice(0, Math.min(perTurn, closed.length - left));
        for (const segment of next) sender.send(segment);
        await sender.sent();
        // Waiting takes no CPU time. Without it, large documents would overflow the socket of the sink.
        if (shape !== 'small') await setTimeout(3);
      }
    };
    await sendUntil(count);
    const before = process.cpuUsage();
    await sendUntil(0);
    const { user, system } = process.cpuUsage(before);
    process.send({ answer: { micros: (user + system) / count, uncounted: UNCOUNTED } });
  });
  process.send({ answer: 'ready' });
  await once(process, 'disconnect');
}

main().catch((problem) => {
  console.error(problem);
  process.exit(1);
});
