import { outgoingPolicy, storage, type Active } from '../../core/context';
import { follow } from '../../core/promises';
import { XRAY_HEADER } from '../../core/propagation';
import { Subsegment } from '../../core/subsegment';
import { resourcesOf } from './aws-resources';
import { whenPackageLoaded } from '../loaded-copies';
import { ownerOf, patchMethod, type Method } from '../patch';
import { XrayConfigurationError } from '../../xray.errors';

/** The members of a client of AWS SDK v3 that are read here. */
interface Client {
  config?: { region?: unknown; serviceId?: unknown };
  middlewareStack?: {
    add(middleware: unknown, options: object): void;
    identify?(): string[];
  };
}

interface Command {
  constructor: { name: string };
  input?: unknown;
  /** In newer versions: a marker, the namespace and the operation name. */
  schema?: readonly unknown[];
  /** In a command of DynamoDB's document client: the plain command that is sent. */
  clientCommand?: Command;
}

/** The metadata of every output and of every error of a service. */
interface Metadata {
  httpStatusCode?: number;
  requestId?: string;
  extendedRequestId?: string;
  attempts?: number;
}

/** The modules that define the base class of all clients, in newer and older versions of the SDK. */
const CLIENT_MODULES = [
  ['@smithy/core/client', '/@smithy/core/dist-cjs/submodules/client/index.js'],
  ['@smithy/smithy-client', '/@smithy/smithy-client/dist-cjs/index.js'],
] as const;

/** The middleware that captureAWSv3Client of aws-xray-sdk-core adds to a client. */
const SDK_MIDDLEWARE = 'XRaySDKInstrumentation';

/** Records each call of every client of AWS SDK v3 that the application loads as an `aws` subsegment. */
export function instrumentAws(): void {
  for (const [request, file] of CLIENT_MODULES) whenPackageLoaded(request, file, instrument);
}

function instrument(module: unknown): void {
  const { Client } = (module ?? {}) as { Client?: { prototype: object } };
  if (!Client) return;
  patchMethod(Client.prototype, 'send', tracedSend);
  found = true;
}

/** A client of AWS SDK v3, or its class. */
export type AwsClient = object | { prototype: object };

/**
 * Records the calls of the given clients of AWS SDK v3 (classes or objects), and of all others that
 * share their base class. Needed in a bundle, where the SDK cannot be detected.
 *
 * @throws XrayConfigurationError when an argument is not a client of AWS SDK v3
 * @example
 * captureAws([SQSClient]); // in main.ts, before the application is created
 */
export function captureAws(clients: readonly AwsClient[]): void {
  for (const client of clients) {
    const { prototype } = (typeof client === 'function' ? client : client.constructor) as {
      prototype: object;
    };
    const base = ownerOf(prototype, 'send');
    if (base === undefined || !('destroy' in prototype)) throw new NotAnAwsClientError(client);
    patchMethod(base, 'send', tracedSend);
    captured = found = true;
  }
}

let captured = false;
let found = false;

/** Whether there are clients of AWS SDK v3 in this process whose calls are recorded. */
export function awsFound(): boolean {
  return found;
}

/** Whether captureAws() was called in this process. */
export function awsCaptured(): boolean {
  return captured;
}

class NotAnAwsClientError extends XrayConfigurationError {
  constructor(given: AwsClient) {
    const { name } = (typeof given === 'function' ? given : given.constructor) as { name: string };
    super(
      `Cannot record the calls of ${name}: captureAws() takes clients of AWS SDK v3, such as ` +
        'captureAws([SQSClient]).',
    );
    this.name = 'NotAnAwsClientError';
  }
}

function tracedSend(original: Method): Method {
  return function send(this: Client, command: Command, ...rest: unknown[]): unknown {
    const active = storage.getStore();
    const run = (args: unknown[]): unknown => Reflect.apply(original, this, [command, ...args]);
    if (active === undefined) return run(rest);
    const call = start(active, this, command);
    if (!call) return run(rest);
    const { subsegment } = call;
    if (!subsegment) return run(rest);

    const at = rest.findLastIndex((argument) => typeof argument === 'function');
    if (at >= 0) {
      const callback = rest[at] as (error: unknown, output: unknown) => unknown;
      rest[at] = (error: unknown, output: unknown) => {
        finish(subsegment, error ?? output, error);
        return storage.run(active, callback, error, output);
      };
      return storage.run(subsegment, run, rest);
    }
    const answer = storage.run(subsegment, run, rest) as Promise<unknown>;
    return follow(
      answer,
      (output) => finish(subsegment, output),
      (thrown) => finish(subsegment, thrown, thrown),
    );
  };
}

function start(
  active: Active & object,
  client: Client,
  command: Command,
): { subsegment?: Subsegment } | undefined {
  try {
    const outgoing = outgoingPolicy(active);
    if (!outgoing || client.middlewareStack?.identify?.().join().includes(SDK_MIDDLEWARE)) {
      return undefined;
    }
    const service = serviceOf(client);
    const operation = operationOf(command.clientCommand ?? command);
    if (!outgoing.wants('aws', { service, operation })) return undefined;
    addHeaderMiddleware(client);
    if (active.notTraced) return {};

    const subsegment = new Subsegment(service, active);
    subsegment.namespace = 'aws';
    subsegment.hidesInnerCalls = true;
    subsegment.aws = { operation, ...resourcesOf(command.input) };
    void addRegion(subsegment, client);
    return { subsegment };
  } catch {
    return undefined;
  }
}

/** `serviceId` is the name in AWS's models. Without it, the name of the client's class is used. */
function serviceOf(client: Client): string {
  const id = client.config?.serviceId;
  return typeof id === 'string' && id !== '' ? id : client.constructor.name.replace(/Client$/, '');
}

/** Prefers the schema: a minifier changes the name of the class but not the schema. */
function operationOf({ schema, constructor }: Command): string {
  const named = schema?.[2];
  return typeof named === 'string' ? named : constructor.name.replace(/Command$/, '');
}

/** `region` is an asynchronous function that reads profiles and the environment. */
async function addRegion(subsegment: Subsegment, client: Client): Promise<void> {
  try {
    const { region } = client.config ?? {};
    const known: unknown =
      typeof region === 'function' ? await (region as () => unknown)() : region;
    if (typeof known === 'string') subsegment.aws!.region = known;
  } catch {
    // Without a region, the call itself fails and reports it.
  }
}

function finish(subsegment: Subsegment, answer: unknown, thrown?: unknown): void {
  const { $metadata } = (answer ?? {}) as { $metadata?: Metadata };
  const aws = subsegment.aws!;
  if ($metadata?.requestId !== undefined) aws.request_id = $metadata.requestId;
  if ($metadata?.extendedRequestId !== undefined) aws.id_2 = $metadata.extendedRequestId;
  if ($metadata?.attempts !== undefined) aws.retries = Math.max(0, $metadata.attempts - 1);
  const status = $metadata?.httpStatusCode;
  if (status !== undefined) (subsegment.http ??= {}).response = { status };
  if (thrown === undefined || thrown === null) return subsegment.close();

  subsegment.addError(thrown);
  // The status of the response decides: 4xx is the caller's error, as for any other call.
  if (status !== undefined && status < 500) {
    subsegment.fault = false;
    subsegment.error = true;
  }
  if (status === 429 || isThrottling(thrown)) {
    subsegment.throttle = true;
    subsegment.error = true;
  }
  if (status !== undefined && typeof subsegment.cause === 'object') {
    for (const exception of subsegment.cause.exceptions) exception.remote = true;
  }
  subsegment.close();
}

const THROTTLING =
  /Throttl|TooManyRequests|LimitExceeded|RequestLimit|ProvisionedThroughputExceeded|SlowDown/;

function isThrottling(thrown: unknown): boolean {
  const { name, $retryable } = thrown as { name?: unknown; $retryable?: { throttling?: boolean } };
  return $retryable?.throttling === true || (typeof name === 'string' && THROTTLING.test(name));
}

const withMiddleware = new WeakSet<object>();

/** Adds the trace header to requests before they are signed. A document client shares its client's stack. */
function addHeaderMiddleware({ middlewareStack }: Client): void {
  if (!middlewareStack || withMiddleware.has(middlewareStack)) return;
  withMiddleware.add(middlewareStack);
  middlewareStack.add(headerMiddleware, { step: 'build', name: 'nestjs-xray', override: true });
}

type Handler = (args: HandlerArguments) => unknown;

interface HandlerArguments {
  request?: { headers?: Record<string, string>; hostname?: string };
}

function headerMiddleware(next: Handler): Handler {
  return (args) => {
    const active = storage.getStore();
    const { headers, hostname } = args.request ?? {};
    // A call that the `capture` option excludes is propagated as a plain HTTP request.
    if (headers && active && (active.notTraced || (active as Subsegment).namespace === 'aws')) {
      const outgoing = outgoingPolicy(active);
      if (outgoing?.sendsHeadersTo(String(hostname))) headers[XRAY_HEADER] = active.traceHeader();
    }
    return next(args);
  };
}
