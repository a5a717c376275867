/*
 * A server that speaks MongoDB's wire protocol as far as this test needs it: one database in memory,
 * documents found by equality, a unique `_id`. There is none in Debian's packages.
 * https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
 */
const { createServer } = require('node:net');
const { BSON } = require('mongodb');

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const HEADER = 16;
/** Kinds of sections in OP_MSG. */
const BODY = 0;

const collections = new Map();

const handshake = () => ({
  ...{ helloOk: true, ismaster: true, isWritablePrimary: true, readOnly: false },
  ...{ maxBsonObjectSize: 16_777_216, maxMessageSizeBytes: 48_000_000, maxWriteBatchSize: 100_000 },
  ...{ localTime: new Date(), minWireVersion: 0, maxWireVersion: 21 },
});

const COMMANDS = {
  hello: handshake,
  ismaster: handshake,
  isMaster: handshake,
  ping: () => ({}),
  endSessions: () => ({}),
  createIndexes: () => ({}),
  insert({ insert, documents }) {
    const stored = collectionOf(insert);
    const writeErrors = [];
    documents.forEach((document, index) => {
      const key = keyOf(document._id);
      const errmsg = `E11000 duplicate key error collection: ${insert} index: _id_`;
      if (stored.has(key)) writeErrors.push({ index, code: 11_000, errmsg });
      else stored.set(key, document);
    });
    const n = documents.length - writeErrors.length;
    return writeErrors.length > 0 ? { n, writeErrors } : { n };
  },
  find({ find, filter, limit = 0, $db }) {
    const found = matching(find, filter);
    const firstBatch = limit > 0 ? found.slice(0, limit) : found;
    return { cursor: { id: BSON.Long.ZERO, ns: `${$db}.${find}`, firstBatch } };
  },
  update({ update, updates }) {
    let n = 0;
    for (const { q, u } of updates) {
      for (const document of matching(update, q)) {
        Object.assign(document, u.$set);
        n++;
      }
    }
    return { n, nModified: n };
  },
  delete({ delete: name, deletes }) {
    const found = deletes.flatMap(({ q }) => matching(name, q));
    for (const { _id } of found) collectionOf(name).delete(keyOf(_id));
    return { n: found.length };
  },
};

function collectionOf(name) {
  if (!collections.has(name)) collections.set(name, new Map());
  return collections.get(name);
}

const keyOf = (value) => JSON.stringify(value);

function matching(name, filter = {}) {
  return [...collectionOf(name).values()].filter((document) =>
    Object.entries(filter).every(([field, value]) => keyOf(document[field]) === keyOf(value)),
  );
}

function answer(command) {
  const [name] = Object.keys(command);
  const run = COMMANDS[name];
  const problem = {
    ok: 0,
    code: 59,
    codeName: 'CommandNotFound',
    errmsg: `no such command: ${name}`,
  };
  return run ? { ok: 1, ...run(command) } : problem;
}

/** The command of an OP_MSG: its body, with the documents of other sections in the fields they name. */
function readMessage(message) {
  const command = {};
  for (let at = HEADER + 4; at < message.length;) {
    const kind = message[at++];
    const end = at + message.readInt32LE(at);
    if (kind === BODY) Object.assign(command, BSON.deserialize(message.subarray(at, end)));
    else {
      const nameEnd = message.indexOf(0, at + 4);
      const documents = (command[message.toString('utf8', at + 4, nameEnd)] = []);
      for (let from = nameEnd + 1; from < end; from += message.readInt32LE(from)) {
        documents.push(BSON.deserialize(message.subarray(from, from + message.readInt32LE(from))));
      }
    }
    at = end;
  }
  return command;
}

function reply(message) {
  const opCode = message.readInt32LE(12);
  if (opCode === OP_MSG) {
    // Flags, then one section of the kind `body`.
    return frame(message, OP_MSG, Buffer.alloc(5), BSON.serialize(answer(readMessage(message))));
  }
  if (opCode !== OP_QUERY) throw new Error(`Not understood: opcode ${opCode}`);
  // Flags, the name of the collection, how many to skip and to return, then the document.
  const query = message.subarray(message.indexOf(0, HEADER + 4) + 9);
  // Flags, cursor, where it starts, and the number of documents.
  const head = Buffer.alloc(20);
  head.writeInt32LE(8, 0);
  head.writeInt32LE(1, 16);
  return frame(message, OP_REPLY, head, BSON.serialize(answer(BSON.deserialize(query))));
}

function frame(request, opCode, ...parts) {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(HEADER);
  head.writeInt32LE(HEADER + body.length, 0);
  request.copy(head, 8, 4, 8);
  head.writeInt32LE(opCode, 12);
  return Buffer.concat([head, body]);
}

createServer((socket) => {
  let buffered = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    buffered = Buffer.concat([buffered, chunk]);
    while (buffered.length >= HEADER && buffered.length >= buffered.readInt32LE(0)) {
      const message = buffered.subarray(0, buffered.readInt32LE(0));
      buffered = buffered.subarray(message.length);
      socket.write(reply(message));
    }
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
