'use strict';
const { AsyncLocalStorage } = require('node:async_hooks');
const { randomFillSync } = require('node:crypto');
const dgram = require('node:dgram');

/**
 * The least that tracing can cost: plain objects in AsyncLocalStorage, ids from a pool, one datagram
 * per document at the end of the turn. No error handling, no limits, no checks of names.
 */
function start({ exporting, udpPort }) {
  const storage = new AsyncLocalStorage();
  const socket = dgram.createSocket('udp4');
  socket.connect(udpPort, '127.0.0.1');
  let queue = [];
  const send = () => {
    const batch = queue;
    queue = [];
    for (const document of batch) {
      socket.send(`{"format":"json","version":1}\n${JSON.stringify(document)}`);
    }
  };
  const open = () => ({
    trace_id: `1-${((Date.now() / 1000) | 0).toString(16)}-${id(12)}`,
    id: id(8),
    name: 'bench',
    start_time: now(),
    end_time: 0,
    http: undefined,
    subsegments: [],
  });
  return {
    traced: (name) => (_target, _key, descriptor) => {
      const method = descriptor.value;
      descriptor.value = function (...args) {
        const parent = storage.getStore();
        if (!parent) return method.apply(this, args);
        const node = { id: id(8), name, start_time: now(), end_time: 0, subsegments: undefined };
        (parent.subsegments ??= []).push(node);
        const result = storage.run(node, Reflect.apply, method, this, args);
        if (result instanceof Promise) result.then(() => void (node.end_time = now()));
        else node.end_time = now();
        return result;
      };
    },
    use(app) {
      app.getHttpAdapter().use((request, response, next) => {
        const segment = open();
        segment.http = { request: { method: request.method, url: request.url } };
        response.on('finish', () => {
          segment.end_time = now();
          segment.http.response = { status: response.statusCode };
          if (exporting && queue.push(segment) === 1) setImmediate(send);
        });
        storage.run(segment, next);
      });
    },
  };
}

const now = () => (performance.timeOrigin + performance.now()) / 1000;

const pool = Buffer.allocUnsafe(8192);
let at = pool.length;
function id(bytes) {
  if (at + bytes > pool.length) {
    randomFillSync(pool);
    at = 0;
  }
  return pool.hexSlice(at, (at += bytes));
}

module.exports = { start };
