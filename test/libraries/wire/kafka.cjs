/*
 * A broker that speaks Kafka's wire protocol as far as this test needs it: topics with one
 * partition, in memory, and groups of one member. There is none in Debian's packages. It reads and
 * writes with the encoders of kafkajs; records stay as the producer wrote them.
 * https://kafka.apache.org/protocol
 */
const { createServer } = require('node:net');
const Decoder = require('kafkajs/src/protocol/decoder');
const Encoder = require('kafkajs/src/protocol/encoder');
const API = require('kafkajs/src/protocol/requests/apiKeys');

const HOST = '127.0.0.1';
const port = Number(process.argv[2]);

const OFFSET_OUT_OF_RANGE = 1;
const UNSUPPORTED_VERSION = 35;
const INVALID_TOPIC = 17;
const NODE = 0;
const EARLIEST = '-2';

/** Batches of records with the offset of the first one, and the offset of the next one to come. */
const topics = new Map();
/** By the group: its generation, the assignment of its member, offsets by topic. */
const groups = new Map();
/** What waits for records. */
const waiting = new Set();

const topicOf = (name) => get(topics, name, () => ({ batches: [], next: 0 }));
const groupOf = (id) => get(groups, id, () => ({ generation: 0, offsets: new Map() }));

function get(map, key, make) {
  if (!map.has(key)) map.set(key, make());
  return map.get(key);
}

/** As they are: an array of numbers is one of int32 in Kafka's protocol. */
const list = (encoder, each, write) => {
  encoder.writeInt32(each.length);
  for (const one of each) write(encoder, one);
  return encoder;
};

/** Reads topics with partitions, and answers with the same shape. */
function perPartition(request, encoder, read, write) {
  const asked = request.readArray((topic) => ({
    topic: topic.readString(),
    partitions: topic.readArray((each) => ({ partition: each.readInt32(), ...read(each) })),
  }));
  return list(encoder, asked, (into, { topic, partitions }) =>
    list(into.writeString(topic), partitions, (out, each) => write(out, topic, each)),
  );
}

/** Requests by their key, in the one version that is offered. */
const REQUESTS = {
  [API.ApiVersions]: [
    0,
    (_request, answer) =>
      list(answer.writeInt16(0), Object.entries(REQUESTS), (into, [key, [version]]) =>
        into.writeInt16(Number(key)).writeInt16(version).writeInt16(version),
      ),
  ],
  [API.Metadata]: [
    1,
    (request, answer) => {
      const count = request.readInt32();
      const asked = Array.from({ length: Math.max(count, 0) }, () => request.readString());
      const names = count < 0 ? [...topics.keys()] : asked;
      answer.writeInt32(1).writeInt32(NODE).writeString(HOST).writeInt32(port).writeString(null);
      return list(answer.writeInt32(NODE), names, (into, name) => {
        const valid = /^[\w.-]+$/.test(name);
        if (valid) topicOf(name);
        into
          .writeInt16(valid ? 0 : INVALID_TOPIC)
          .writeString(name)
          .writeBoolean(false);
        list(into, valid ? [0] : [], (out, partition) =>
          out
            .writeInt16(0)
            .writeInt32(partition)
            .writeInt32(NODE)
            .writeArray([NODE])
            .writeArray([NODE]),
        );
      });
    },
  ],
  [API.Produce]: [
    3,
    (request, answer) => {
      request.readString(); // transaction
      request.readInt16(); // acknowledgements
      request.readInt32(); // timeout
      perPartition(
        request,
        answer,
        (each) => ({ batch: Buffer.from(each.readBytes()) }),
        (out, name, { partition, batch }) => {
          const topic = topicOf(name);
          const first = topic.next;
          batch.writeBigInt64BE(BigInt(first), 0);
          topic.batches.push({ first, batch });
          // After offset, length, epoch, magic, checksum and attributes.
          topic.next += batch.readInt32BE(23) + 1;
          out.writeInt32(partition).writeInt16(0).writeInt64(first).writeInt64(-1);
        },
      );
      for (const wake of waiting) wake();
      return answer.writeInt32(0);
    },
  ],
  [API.Fetch]: [
    4,
    async (request, answer) => {
      request.readInt32(); // replica
      const maxWait = request.readInt32();
      request.readInt32(); // least bytes
      request.readInt32(); // most bytes
      request.readInt8(); // isolation
      const from = request.offset;
      const read = (each) => {
        const at = Number(each.readInt64());
        each.readInt32();
        return { at };
      };
      let found = false;
      const scan = () => {
        request.offset = from;
        const body = new Encoder().writeInt32(0);
        perPartition(request, body, read, (out, name, { partition, at }) => {
          const { batches, next } = topicOf(name);
          const records = batches.filter(
            ({ first }, index) => (batches[index + 1]?.first ?? next) > at || first >= at,
          );
          found ||= records.length > 0;
          const error = at > next ? OFFSET_OUT_OF_RANGE : 0;
          out.writeInt32(partition).writeInt16(error).writeInt64(next).writeInt64(next);
          out.writeInt32(0).writeBytes(Buffer.concat(records.map(({ batch }) => batch)));
        });
        return body;
      };
      let body = scan();
      if (!found) {
        await new Promise((resolve) => {
          const wake = () => {
            body = scan();
            if (found) done();
          };
          const timer = setTimeout(done, maxWait);
          function done() {
            clearTimeout(timer);
            waiting.delete(wake);
            resolve();
          }
          waiting.add(wake);
        });
      }
      return answer.writeEncoder(body);
    },
  ],
  [API.ListOffsets]: [
    1,
    (request, answer) => {
      request.readInt32(); // replica
      return perPartition(
        request,
        answer,
        (each) => ({ time: each.readInt64().toString() }),
        (out, name, { partition, time }) =>
          out
            .writeInt32(partition)
            .writeInt16(0)
            .writeInt64(-1)
            .writeInt64(time === EARLIEST ? 0 : topicOf(name).next),
      );
    },
  ],
  [API.GroupCoordinator]: [
    0,
    (_request, answer) => answer.writeInt16(0).writeInt32(NODE).writeString(HOST).writeInt32(port),
  ],
  [API.JoinGroup]: [
    0,
    (request, answer) => {
      const group = groupOf(request.readString());
      request.readInt32(); // session timeout
      const member = request.readString() || `member-${++members}`;
      request.readString(); // protocol's type
      const [protocol] = request.readArray((each) => ({
        name: each.readString(),
        metadata: each.readBytes(),
      }));
      answer.writeInt16(0).writeInt32(++group.generation).writeString(protocol.name);
      return list(answer.writeString(member).writeString(member), [protocol], (into, each) =>
        into.writeString(member).writeBytes(each.metadata),
      );
    },
  ],
  [API.SyncGroup]: [
    0,
    (request, answer) => {
      request.readString(); // group
      request.readInt32(); // generation
      request.readString(); // member
      const [assigned] = request.readArray((each) => {
        each.readString();
        return Buffer.from(each.readBytes());
      });
      return answer.writeInt16(0).writeBytes(assigned ?? Buffer.alloc(0));
    },
  ],
  [API.Heartbeat]: [0, (_request, answer) => answer.writeInt16(0)],
  [API.LeaveGroup]: [0, (_request, answer) => answer.writeInt16(0)],
  [API.OffsetFetch]: [
    1,
    (request, answer) => {
      const { offsets } = groupOf(request.readString());
      return perPartition(
        request,
        answer,
        () => ({}),
        (out, topic, { partition }) =>
          out
            .writeInt32(partition)
            .writeInt64(offsets.get(topic) ?? -1)
            .writeString('')
            .writeInt16(0),
      );
    },
  ],
  [API.OffsetCommit]: [
    2,
    (request, answer) => {
      const { offsets } = groupOf(request.readString());
      request.readInt32(); // generation
      request.readString(); // member
      request.readInt64(); // retention
      return perPartition(
        request,
        answer,
        (each) => ({ offset: Number(each.readInt64()), metadata: each.readString() }),
        (out, topic, { partition, offset }) => {
          offsets.set(topic, offset);
          out.writeInt32(partition).writeInt16(0);
        },
      );
    },
  ],
};
let members = 0;

async function reply(message) {
  const request = new Decoder(message);
  const key = request.readInt16();
  const version = request.readInt16();
  const correlation = request.readInt32();
  request.readString(); // client
  const [offered, handle] = REQUESTS[key] ?? [];
  const answer = new Encoder().writeInt32(correlation);
  if (version !== offered) answer.writeInt16(UNSUPPORTED_VERSION).writeInt32(0);
  else await handle(request, answer);
  return new Encoder().writeInt32(answer.size()).writeEncoder(answer).buffer;
}

createServer((socket) => {
  let buffered = Buffer.alloc(0);
  // A client's requests are answered in their order.
  let last = Promise.resolve();
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    buffered = Buffer.concat([buffered, chunk]);
    while (buffered.length >= 4 && buffered.length >= 4 + buffered.readInt32BE(0)) {
      const end = 4 + buffered.readInt32BE(0);
      const answered = reply(buffered.subarray(4, end));
      buffered = buffered.subarray(end);
      last = last.then(() => answered).then((bytes) => socket.writable && socket.write(bytes));
    }
  });
}).listen(port, HOST);
