import { newId } from '../document';
import { measuring } from '../core/meter';
import { Node } from '../core/node';
import type { RecordedNode } from '../core/recorded-node';
import { Segment } from '../core/segment';
import { Subsegment } from '../core/subsegment';
import { Unsampled } from '../core/unsampled';
import { adoptUnder } from './adopt';

/** The two classes of aws-xray-sdk-core. */
export interface SdkClasses {
  Segment: { prototype: object };
  Subsegment: { prototype: object };
}

/**
 * Puts the SDK's prototypes behind ours. Our nodes become `instanceof` its classes and get its
 * methods, including those its add-ons define later. Our own methods take precedence. Applications
 * that do not import `nestjs-xray/aws-sdk` are not affected.
 */
export function graft(sdk: SdkClasses): void {
  measuring.unsampled = false;
  const { constructor: _constructor, ...node } = Object.getOwnPropertyDescriptors(Node.prototype);
  const own = { ...node, ...Object.getOwnPropertyDescriptors(shared) };
  const layers: [object, object, PropertyDescriptorMap][] = [
    [Segment.prototype, sdk.Segment.prototype, own],
    [Subsegment.prototype, sdk.Subsegment.prototype, own],
    [Unsampled.prototype, sdk.Segment.prototype, Object.getOwnPropertyDescriptors(nothing)],
  ];
  for (const [ours, theirs, between] of layers) {
    Object.setPrototypeOf(ours, Object.create(theirs, between) as object);
  }
}

/** Methods that the SDK's patchers and add-ons call, implemented for our nodes. */
const shared = {
  addNewSubsegment(this: RecordedNode, name: string): Subsegment {
    return new Subsegment(String(name), this);
  },
  /** A call that is not recorded although its trace is. */
  addNewSubsegmentWithoutSampling(this: RecordedNode): Unsampled {
    const { trace_id, extra, owner } = this.root;
    return withId(new Unsampled(trace_id, extra, owner.outgoing));
  },
  addSubsegment(this: RecordedNode, child: unknown): void {
    adoptUnder(this, child);
  },
  addSubsegmentWithoutSampling(): void {},
  removeSubsegment(this: RecordedNode, child: Subsegment): void {
    if (child.parent === this) child.detach();
  },
  addError(this: RecordedNode, thrown: unknown, remote?: boolean): void {
    const known = this.cause;
    Node.prototype.addError.call(this as never, thrown);
    if (!remote || this.cause === known || typeof this.cause !== 'object') return;
    for (const exception of this.cause.exceptions) exception.remote = true;
  },
  close(this: RecordedNode, thrown?: unknown, remote?: boolean): void {
    if (this.end_time !== undefined) return;
    if (thrown) shared.addError.call(this, thrown, remote);
    this.end();
  },
  /** Fields of the incoming header that the SDK passes on. */
  get additionalTraceData(): Record<string, string> | undefined {
    const { extra } = (this as unknown as RecordedNode).root;
    return extra === undefined ? undefined : partsOf(extra);
  },
  format(): string {
    return JSON.stringify(this);
  },
  toString(): string {
    return JSON.stringify(this);
  },
  // Our nodes are sent by our emitter when they close.
  flush(): void {},
  streamSubsegments: () => false,
  incrementCounter(): void {},
  decrementCounter(): void {},
};

/** The same for a request that is not sampled. Its children are markers too. */
const nothing = {
  /** A new id for each read: it only has to be unique. */
  get id(): string {
    return newId();
  },
  get additionalTraceData(): Record<string, string> | undefined {
    const { extra } = this as unknown as Unsampled;
    return extra === undefined ? undefined : partsOf(extra);
  },
  addNewSubsegment(this: Unsampled): Unsampled {
    return withId(this);
  },
  addNewSubsegmentWithoutSampling(this: Unsampled): Unsampled {
    return withId(this);
  },
  isClosed: () => false,
  format: () => '',
  toString: () => '',
  streamSubsegments: () => false,
  ...Object.fromEntries(
    [
      ...['addAnnotation', 'addMetadata', 'addError', 'addErrorFlag', 'addFaultFlag'],
      ...['addThrottleFlag', 'addAttribute', 'addSqlData', 'addRemoteRequestData', 'setUser'],
      ...['addFetchRequestData', 'addIncomingRequestData', 'addPluginData', 'addPrecursorId'],
      ...['addSubsegment', 'addSubsegmentWithoutSampling', 'removeSubsegment', 'setSDKData'],
      ...['setServiceData', 'setMatchedSamplingRule', 'incrementCounter', 'decrementCounter'],
      ...['close', 'flush'],
    ].map((method) => [method, () => undefined]),
  ),
};

/** A marker of the same request with a fixed id, for the header and the log. */
function withId(marker: Unsampled): Unsampled {
  const child = Object.create(marker) as Unsampled;
  Object.defineProperty(child, 'id', { value: newId(), writable: true });
  return child;
}

function partsOf(extra: string): Record<string, string> {
  return Object.fromEntries(
    extra.split(';').map((part) => {
      const at = part.indexOf('=');
      return [part.slice(0, at), part.slice(at + 1)];
    }),
  );
}
