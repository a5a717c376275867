'use strict';
// A cold start: the CPU from the first line of a bundle to the end of its first invocation.
const [bundle] = process.argv.slice(2);
const before = process.cpuUsage();
const { handler } = require(bundle);
handler().then(
  ({ status }) => {
    const { user, system } = process.cpuUsage(before);
    process.send(
      status === 200
        ? { answer: { cpuMs: (user + system) / 1000 } }
        : { failure: `The handler answered ${status}` },
    );
  },
  (problem) => process.send({ failure: String(problem?.stack ?? problem) }),
);
