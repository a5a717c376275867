import { Observable, type Subscriber } from 'rxjs';
import { outgoingPolicy, storage, type Active } from '../../core/context';
import { outgoingHeaders } from '../../core/propagation';
import { addRemoteError } from '../../core/remote-error';
import { grpcStatusName, setGrpcFlags } from '../../core/grpc-status';
import { headerChanges } from '../../core/second-hand';
import { Subsegment } from '../../core/subsegment';
import type { Warn } from '../../core/warn-once';
import { EXCEPTION_TYPE } from '../nest/grpc-call';
import { eachPrototype, transportPart } from '../nest/parts';
import { loadedFrom } from '../loaded-copies';
import { patchMethod, type Method } from '../patch';
import { addressIn, type Client } from './nest-transports';

interface Metadata {
  get(name: string): (string | Buffer)[];
  set(name: string, value: string): void;
  remove(name: string): void;
  clone(): Metadata;
}

/** A client of grpc-js, with a method for each method of the service. */
type GrpcClient = Record<string, { path?: string } | undefined>;
type Call = (...args: unknown[]) => Observable<unknown>;

/** Records the calls of Nest's gRPC client, and propagates the trace in their metadata. */
export function captureGrpc(warn: Warn): void {
  const without = 'its calls are not recorded and carry no trace';
  const part = transportPart('ClientGrpcProxy', ['createServiceMethod'], without);
  eachPrototype(part, warn, (prototype) => {
    patchMethod(prototype, 'createServiceMethod', tracedServiceMethod);
  });
}

function tracedServiceMethod(original: Method): Method {
  return function createServiceMethod(this: Client, ...args: never[]): unknown {
    const call = Reflect.apply(original, this, args) as unknown as Call;
    const [client, name] = args as unknown as [GrpcClient, string];
    const pattern = client[name]?.path ?? name;
    return (...given: unknown[]) =>
      new Observable<unknown>((observer) => subscribe(this, pattern, call, given, observer));
  };
}

/** Each subscription makes a call, as it does untraced. */
function subscribe(
  client: Client,
  pattern: string,
  call: Call,
  args: unknown[],
  observer: Subscriber<unknown>,
) {
  const active = storage.getStore();
  const started = start(active, client, pattern, args);
  if (started === undefined) return call(...args).subscribe(observer);
  const { subsegment } = started;
  // Responses arrive on the shared connection. Restore the caller's context.
  const inside =
    <T extends unknown[]>(work: (...args: T) => void) =>
    (...values: T) =>
      storage.run(active, work, ...values);
  const begin = () =>
    call(...started.args).subscribe({
      next: inside((value: unknown) => observer.next(value)),
      error: inside((thrown: unknown) => {
        closeFailed(subsegment, thrown);
        observer.error(thrown);
      }),
      complete: inside(() => {
        subsegment?.close();
        observer.complete();
      }),
    });
  const subscription = subsegment === undefined ? begin() : storage.run(subsegment, begin);
  return () => {
    subsegment?.close();
    subscription.unsubscribe();
  };
}

/** Codes that grpc-js itself reports when the service did not respond. */
const OF_CLIENT = new Set(['CANCELLED', 'DEADLINE_EXCEEDED', 'UNAVAILABLE']);

/** Records the status of a failed call, and the service's exception if its type was sent. */
function closeFailed(subsegment: Subsegment | undefined, thrown: unknown): void {
  if (subsegment === undefined || subsegment.isClosed()) return;
  const { code, metadata } = (thrown ?? {}) as { code?: unknown; metadata?: Partial<Metadata> };
  if (typeof code !== 'number') return subsegment.close(thrown);
  const name = grpcStatusName(code);
  const type: unknown = metadata?.get?.(EXCEPTION_TYPE)[0];
  if (type === undefined && OF_CLIENT.has(name)) subsegment.addError(thrown);
  else addRemoteError(subsegment, thrown, type, name);
  setGrpcFlags(subsegment, code);
  subsegment.close();
}

function start(active: Active, client: Client, pattern: string, args: unknown[]) {
  if (active === undefined) return undefined;
  const outgoing = outgoingPolicy(active);
  try {
    if (!outgoing?.wants('rpc', { pattern })) return undefined;
    const { host, port } = addressIn(client.options?.url, 'localhost:5000');
    const propagated = outgoing.sendsHeadersTo(host);
    if (active.notTraced) return { args: propagated ? withTrace(args, active) : args };
    const subsegment = new Subsegment(port === undefined ? host : `${host}:${port}`, active);
    subsegment.namespace = 'remote';
    subsegment.hidesInnerCalls = true;
    subsegment.addMetadata('rpc', { pattern, transport: 'GRPC' }, 'nest');
    return { subsegment, args: propagated ? withTrace(args, subsegment) : args };
  } catch {
    return undefined;
  }
}

/** Adds the trace to the call's metadata. The caller's metadata is copied: it may be reused. */
function withTrace(args: unknown[], active: NonNullable<Active>): unknown[] {
  const classes = metadataClasses();
  const at = args.findIndex((each) => classes.some((Metadata) => each instanceof Metadata));
  const Metadata = classes[0];
  if (at < 0 && Metadata === undefined) return args;
  const metadata = at < 0 ? new Metadata!() : (args[at] as Metadata).clone();
  const current = (name: string) => {
    const [value] = metadata.get(name);
    return value?.toString();
  };
  for (const [name, value] of headerChanges(active, outgoingHeaders(active), current)) {
    if (value === undefined) metadata.remove(name);
    else metadata.set(name, value);
  }
  if (at >= 0) return args.with(at, metadata);
  return [args[0], metadata, ...args.slice(1)];
}

function metadataClasses(): (new () => Metadata)[] {
  const file = '/@grpc/grpc-js/build/src/index.js';
  return loadedFrom(file).flatMap((module) => {
    const { Metadata } = module as { Metadata?: new () => Metadata };
    return Metadata === undefined ? [] : [Metadata];
  });
}
