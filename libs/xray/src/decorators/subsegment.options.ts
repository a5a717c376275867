import type { AnnotationValue } from '../document';
import type { TraceNode } from '../core/trace-node';

/** The parameters of any method: `unknown[]` would refuse those that have any. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyArgs = any[];
/** What any method results in, where the user has not said. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyResult = any;
export type AnyOptions = SubsegmentOptions<AnyArgs, AnyResult>;

/** What `onError` makes of a failure: one of X-Ray's three, or none at all. */
export type Verdict = 'error' | 'fault' | 'throttle' | 'ignore';

export type AnnotationValues = Record<string, AnnotationValue | null | undefined>;
export type MetadataValues = Record<string, unknown>;

/**
 * What @Subsegment takes. `A` are the method's parameters, `R` what it results in: the value that
 * a promise resolves to, an Observable emitted last, a generator returned.
 */
export interface SubsegmentOptions<A extends AnyArgs, R> {
  /** Default `Class.method`. Of a class: what stands before the dot. */
  name?: string;
  /**
   * Searchable values, recorded when the call is over; `result` is undefined when it failed.
   * What this throws is reported once and changes nothing else.
   */
  annotations?: AnnotationValues | ((args: A, result: R | undefined) => AnnotationValues);
  /** Values for display, under the namespace `default`; otherwise as `annotations`. */
  metadata?: MetadataValues | ((args: A, result: R | undefined) => MetadataValues);
  /** Records what the call resulted in as metadata `result`, secrets and size cut as ever. Default false. */
  captureResult?: boolean;
  /** The subsegment's namespace in X-Ray: `remote` or `aws` for calls to others. Default none. */
  namespace?: 'aws' | 'remote' | (string & {});
  /**
   * Looks at what was thrown before it is recorded. The answer replaces the usual one (429 a
   * throttle, 4xx an error, all else a fault); `ignore` records no failure. The value is thrown
   * on in any case.
   */
  onError?: (thrown: unknown, subsegment: TraceNode) => Verdict | void;
}

/** What a method that results in `R` may return. */
export type Returned<R> =
  | R
  | PromiseLike<R>
  | { subscribe(observer: { next: (value: R) => void }): unknown }
  | Iterator<unknown, R, never>
  | AsyncIterator<unknown, R, never>;

/** Decorates classes, and methods that take `A` and result in `R`; others do not compile. */
export interface SubsegmentDecorator<A extends AnyArgs, R> {
  <C extends abstract new (...args: AnyArgs) => unknown>(target: C): void;
  <M extends (...args: A) => Returned<R | undefined>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void;
}

/** Decorates methods that take `A` and result in `R`. */
export type SegmentDecorator<A extends AnyArgs, R> = <
  M extends (...args: A) => Returned<R | undefined>,
>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void;
