// A PostgreSQL for tests: PGlite behind a TCP socket, one connection at a time. It
// runs in a process of its own because Jest's sandbox can't import PGlite.
import { PGlite } from '@electric-sql/pglite';
import { createServer } from 'node:net';

const SSL_REQUEST = 80877103;
const database = await PGlite.create();
const server = createServer((socket) => {
  let last = Promise.resolve();
  socket.on('data', (data) => {
    last = last.then(async () => {
      if (data.length === 8 && data.readInt32BE(4) === SSL_REQUEST) socket.write('N');
      else socket.write(await database.execProtocolRaw(data));
    });
  });
  socket.on('error', () => undefined);
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.resume().on('end', () => process.exit(0));
