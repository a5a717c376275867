import { Logger } from '@nestjs/common';
import { SpanKind } from '@opentelemetry/api';
import { runtime } from '../core/runtime';
import { answersGrpc } from '../instrumentation/nest/messages';

type Records = (name: string, kind: SpanKind) => boolean;

/** Whether calls of a kind are recorded by this package as things stand. */
const captured =
  (target: 'http' | 'fetch' | 'aws' | 'sql'): Records =>
  () =>
    runtime.recorder?.outgoing?.mayWant(target) === true;

/**
 * Instrumentation libraries of OpenTelemetry for what this package records itself, by the name of
 * their scope. Nobody wants a call twice: theirs steps back.
 */
const OVERLAPS: Record<string, Records> = {
  '@opentelemetry/instrumentation-http': (name, kind) =>
    kind === SpanKind.SERVER || captured('http')(name, kind),
  '@opentelemetry/instrumentation-undici': captured('fetch'),
  '@opentelemetry/instrumentation-aws-sdk': captured('aws'),
  '@opentelemetry/instrumentation-pg': captured('sql'),
  // Its clients and servers that are not Nest's are not recorded here; a call of Nest's client is one
  // with all it does.
  '@opentelemetry/instrumentation-grpc': (name, kind) => {
    if (kind !== SpanKind.SERVER) return false;
    // grpc.package.Service/Method, its slashes and dots found without a pattern.
    const slash = name.lastIndexOf('/');
    const before = Math.max(name.lastIndexOf('.', slash), name.lastIndexOf('/', slash - 1));
    return slash > 0 && answersGrpc(name.slice(before + 1, slash), name.slice(slash + 1));
  },
  '@opentelemetry/instrumentation-nestjs-core': () => true,
  // Of GraphQL, it is the resolvers that are recorded here; parsing and validation are not.
  '@opentelemetry/instrumentation-graphql': (name) => name.startsWith('graphql.resolve'),
};

const said = new Set<string>();

/** What tells, for a span of this scope, whether our own instrumentation records it; undefined for never. */
export function overlapOf(scope: string): Records | undefined {
  const records = Object.hasOwn(OVERLAPS, scope) ? OVERLAPS[scope] : undefined;
  if (records === undefined) return undefined;
  return (name, kind) => {
    if (!records(name, kind)) return false;
    if (!said.has(scope)) {
      said.add(scope);
      new Logger('XrayModule').log(
        `${scope} steps back: nestjs-xray records the same itself. ` +
          'Leave it out, or turn ours off with the option capture.',
      );
    }
    return true;
  };
}
