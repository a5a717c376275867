// node docker/healthy.mjs <url>: exit code 0 if it answers. tcp://host:port only checks that the port is open.
import { connect } from 'node:net';

const url = new URL(process.argv[2]);
const answers =
  url.protocol === 'tcp:'
    ? new Promise((settle, reject) => {
        const socket = connect(Number(url.port), url.hostname, settle).once('error', reject);
        socket.unref();
      })
    : fetch(url, { signal: AbortSignal.timeout(2000) }).then((answer) => {
        if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
      });

answers.then(
  () => process.exit(0),
  (problem) => {
    console.error(`Not healthy: ${problem.message}`);
    process.exit(1);
  },
);
