import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { until } from './until.mjs';

const require = createRequire(import.meta.url);

/** Every kind of gRPC call: how long its segment is open, what is in it, and how it ended. */
export async function grpcChecks(check, port) {
  const { startGrpc } = require('./cases/grpc-calls.cjs');
  const app = await startGrpc(port);
  const { heroes, numbers, record, all } = app;

  const answered = [
    ['a unary call', 'FindOne', () => heroes.findOne({ id: 1 }), [2], 1],
    ['a server stream', 'Many', () => heroes.many({ id: 3 }), [2, 4, 6], 3],
    ['a stream both ways', 'Both', () => heroes.both(numbers(1, 2, 3)), [2, 4, 6], 3],
    ['a client stream', 'Sum', () => heroes.sum(numbers(1, 2, 3)), [12], 3],
    ['a client stream by @GrpcStreamCall()', 'Up', () => heroes.up(numbers(1, 2, 3)), [3], 3],
    [
      'a stream both ways by @GrpcStreamCall()',
      'Chat',
      () => heroes.chat(numbers(1, 2)),
      [2, 4],
      2,
    ],
  ];
  for (const [what, name, call, answers, steps] of answered) {
    await check(`gRPC: ${what} is one segment, with the work of each message in it`, async () => {
      const { answer, caller, callee } = await record(() => all(call()));
      assert.deepEqual(
        answer.map(({ id }) => id).sort((a, b) => a - b),
        answers,
      );
      const { error, fault, annotations, subsegments, trace_id } = callee;
      assert.deepEqual(
        { error, fault, annotations },
        { ...fine, annotations: { rpc_pattern: `Heroes.${name}` } },
      );
      assert.deepEqual(
        subsegments.map(({ name }) => name),
        Array(steps).fill('Work.step'),
      );
      assert.equal(trace_id, caller.trace_id);
      assert.equal(callee.parent_id, caller.subsegments[0].id);
      // It is open for the whole call: nothing in it ends later.
      for (const { end_time } of subsegments) assert.ok(end_time <= callee.end_time);
    });
  }

  const failed = [
    ['a unary call', () => heroes.findOne({ id: 13 }), NOT_FOUND],
    ['a server stream', () => heroes.many({ id: 13 }), NOT_FOUND],
    ['a stream both ways', () => heroes.both(numbers(1, 13)), NOT_FOUND],
    ['a client stream', () => heroes.sum(numbers(1, 13)), NOT_FOUND],
    ['a unary call with a bug', () => heroes.findOne({ id: 14 }), BUG],
    ['a server stream with a bug', () => heroes.many({ id: 14 }), BUG],
    ['a callback of @GrpcStreamCall()', () => heroes.up(numbers(14)), BUG],
    ['an `error` of @GrpcStreamCall()', () => heroes.chat(numbers(8)), SLOW_DOWN],
  ];
  for (const [what, call, { status, type, toldAs = type, message, flags }] of failed) {
    await check(
      `gRPC: an error of ${what} has its flags and its reason on both sides`,
      async () => {
        const { caller, callee } = await record(() => all(call()));
        const [remote] = caller.subsegments;
        assert.deepEqual(flagsOf(callee), flags);
        assert.deepEqual(flagsOf(remote), flags);
        assert.equal(callee.annotations.grpc_status, status);
        // Stored once, where it was thrown: the segment has it, or refers to it.
        const thrown = find(callee, (node) => typeof node.cause === 'object').cause.exceptions;
        assert.deepEqual(
          thrown.map((each) => [each.type, each.message]),
          [[type, message]],
        );
        assert.ok(callee.cause);
        const [told] = remote.cause.exceptions;
        assert.deepEqual([told.type, told.remote], [toldAs, true]);
      },
    );
  }

  await check('gRPC: a call that the client cancels is an error, and not a fault', async () => {
    const { callee } = await record(async () => {
      const before = app.opened();
      const subscription = heroes.many({ id: 99 }).subscribe({ error() {} });
      await until(() => app.opened() > before);
      subscription.unsubscribe();
    });
    assert.deepEqual(flagsOf(callee), { error: true });
    assert.equal(callee.annotations.aborted, true);
  });

  await app.close();
}

const fine = { error: undefined, fault: undefined };
const NOT_FOUND = {
  status: 'NOT_FOUND',
  type: 'OutOfStock',
  message: 'no hero 13',
  flags: { error: true },
};
const BUG = {
  status: 'UNKNOWN',
  type: 'TypeError',
  message: 'broken on purpose',
  flags: { fault: true },
};
const SLOW_DOWN = {
  status: 'RESOURCE_EXHAUSTED',
  type: 'Error',
  // The status says more than such a type.
  toldAs: 'RESOURCE_EXHAUSTED',
  message: 'slow down',
  flags: { error: true, throttle: true },
};

function flagsOf({ error, fault, throttle }) {
  return JSON.parse(JSON.stringify({ error, fault, throttle }));
}

function find(node, fits) {
  if (fits(node)) return node;
  for (const each of node.subsegments ?? []) {
    const found = find(each, fits);
    if (found !== undefined) return found;
  }
  return undefined;
}
