import type { AnnotationValue } from '../document';
import type { TraceNode } from '../core/trace-node';

/** The parameters of any method. `unknown[]` would reject methods with typed parameters. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyArgs = any[];
/** The result of any method, if the user has not given its type. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyResult = any;
export type AnyOptions = SubsegmentOptions<AnyArgs, AnyResult>;

/** How `onError` classifies a failure: one of X-Ray's three flags, or none. */
export type Verdict = 'error' | 'fault' | 'throttle' | 'ignore';

export type AnnotationValues = Record<string, AnnotationValue | null | undefined>;
export type MetadataValues = Record<string, unknown>;

/**
 * The options of @Subsegment. `A` are the method's parameters. `R` is its eventual result: the
 * value that a promise resolves to, that an Observable emitted last, or that a generator returned.
 */
export interface SubsegmentOptions<A extends AnyArgs, R> {
  /** Default `Class.method`. On a class: the part before the dot. */
  name?: string;
  /**
   * Searchable values, recorded when the call ends. `result` is undefined if the call failed. An
   * error thrown by the callback is logged once and has no other effect.
   */
  annotations?: AnnotationValues | ((args: A, result: R | undefined) => AnnotationValues);
  /** Values for display, under the namespace `default`. Otherwise like `annotations`. */
  metadata?: MetadataValues | ((args: A, result: R | undefined) => MetadataValues);
  /**
   * Records the result of the call as metadata `result`, redacted and limited in size. Default
   * false.
   */
  captureResult?: boolean;
  /**
   * The subsegment's namespace in X-Ray: `remote` or `aws` for calls to other services. Default
   * none.
   */
  namespace?: 'aws' | 'remote' | (string & {});
  /**
   * Classifies what was thrown before it is recorded. The return value replaces the default (429 is
   * a throttle, other 4xx are errors, everything else is a fault); `ignore` records no failure. The
   * error is rethrown in any case.
   */
  onError?: (thrown: unknown, subsegment: TraceNode) => Verdict | void;
}

/** The return types of a method whose eventual result is `R`. */
export type Returned<R> =
  | R
  | PromiseLike<R>
  | { subscribe(observer: { next: (value: R) => void }): unknown }
  | Iterator<unknown, R, never>
  | AsyncIterator<unknown, R, never>;

/**
 * A decorator for classes, and for methods that take `A` and result in `R`. On other methods it
 * does not compile.
 */
export interface SubsegmentDecorator<A extends AnyArgs, R> {
  <C extends abstract new (...args: AnyArgs) => unknown>(target: C): void;
  <M extends (...args: A) => Returned<R | undefined>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void;
}

/** A decorator for methods that take `A` and result in `R`. */
export type SegmentDecorator<A extends AnyArgs, R> = <
  M extends (...args: A) => Returned<R | undefined>,
>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void;
