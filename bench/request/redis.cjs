'use strict';
// Simulates a Redis server in a separate process: it parses commands like Redis, and has a value for every key.
const net = require('node:net');

const VALUE = Buffer.from('$13\r\nCloud is fun!\r\n');
const OK = Buffer.from('+OK\r\n');

const server = net.createServer((socket) => {
  let pending = '';
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    pending += chunk.latin1Slice();
    const answers = [];
    let at = 0;
    for (let command; (command = commandAt(pending, at)); at = command.end) {
      answers.push(command.words[0].toLowerCase() === 'get' ? VALUE : OK);
    }
    pending = pending.slice(at);
    if (answers.length > 0) socket.write(Buffer.concat(answers));
  });
});
server.listen(0, '127.0.0.1', () => process.send({ answer: { port: server.address().port } }));

/** The command that begins at `from`, and where it ends. Undefined until it has arrived completely. */
function commandAt(text, from) {
  let at = from;
  const number = () => {
    const end = text.indexOf('\r\n', at);
    if (end < 0) return undefined;
    const value = Number(text.slice(at + 1, end));
    at = end + 2;
    return value;
  };
  const count = number();
  if (count === undefined) return undefined;
  const words = [];
  for (let i = 0; i < count; i++) {
    const length = number();
    if (length === undefined || text.length < at + length + 2) return undefined;
    words.push(text.slice(at, at + length));
    at += length + 2;
  }
  return { words, end: at };
}
