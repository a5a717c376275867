import { Logger } from '@nestjs/common';
import { SpanKind } from '@opentelemetry/api';
import { runtime } from '../core/runtime';
import { nestConsumes } from '../instrumentation/nest/consumed';
import { answersGrpc } from '../instrumentation/nest/messages';

type Records = (name: string, kind: SpanKind) => boolean;

/** Whether the option `capture` currently records calls of this kind. */
const captured =
  (target: 'http' | 'fetch' | 'aws' | 'sql'): Records =>
  () =>
    runtime.recorder?.outgoing?.mayWant(target) === true;

const KAFKAJS = '@opentelemetry/instrumentation-kafkajs';
const AMQPLIB = '@opentelemetry/instrumentation-amqplib';
/** These record more than what Nest handles, so there is no advice to remove them. */
const NEEDED = new Set([KAFKAJS, AMQPLIB]);

/**
 * Instrumentation libraries of OpenTelemetry whose calls this package records itself, by scope name.
 * Their spans are suppressed, so that no call is recorded twice.
 */
const OVERLAPS: Record<string, Records> = {
  '@opentelemetry/instrumentation-http': (name, kind) =>
    kind === SpanKind.SERVER || captured('http')(name, kind),
  '@opentelemetry/instrumentation-undici': captured('fetch'),
  '@opentelemetry/instrumentation-aws-sdk': captured('aws'),
  '@opentelemetry/instrumentation-pg': captured('sql'),
  // Only servers of Nest: other clients and servers are not recorded by us. The spans within a call
  // of Nest's client are suppressed because that call is recorded as a whole.
  '@opentelemetry/instrumentation-grpc': (name, kind) => {
    if (kind !== SpanKind.SERVER) return false;
    // Parses grpc.package.Service/Method without a regular expression, since spans are frequent.
    const slash = name.lastIndexOf('/');
    const before = Math.max(name.lastIndexOf('.', slash), name.lastIndexOf('/', slash - 1));
    return slash > 0 && answersGrpc(name.slice(before + 1, slash), name.slice(slash + 1));
  },
  // Messages that Nest handles, and answers to those that Nest's clients send.
  [KAFKAJS]: (name, kind) =>
    kind === SpanKind.CONSUMER && nestConsumes(name.slice(name.lastIndexOf(' ') + 1)),
  [AMQPLIB]: (name, kind) =>
    kind === SpanKind.CONSUMER && nestConsumes(name.replace(/ process$/, '')),
  '@opentelemetry/instrumentation-nestjs-core': () => true,
  // We record resolvers, but not parsing and validation.
  '@opentelemetry/instrumentation-graphql': (name) => name.startsWith('graphql.resolve'),
};

const logged = new Set<string>();

/** Returns a check whether we record the same call as a span of `scope`; undefined if never. */
export function overlapOf(scope: string): Records | undefined {
  const records = Object.hasOwn(OVERLAPS, scope) ? OVERLAPS[scope] : undefined;
  if (records === undefined) return undefined;
  return (name, kind) => {
    if (!records(name, kind)) return false;
    if (!logged.has(scope) && !NEEDED.has(scope)) {
      logged.add(scope);
      new Logger('XrayModule').log(
        `${scope} is ignored: nestjs-xray already records these calls. ` +
          'Remove that instrumentation, or turn ours off with the option capture.',
      );
    }
    return true;
  };
}
