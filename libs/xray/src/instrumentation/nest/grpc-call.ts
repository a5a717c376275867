import { errorMonitor, type EventEmitter } from 'node:events';
import type { GrpcStatus } from '../../core/grpc-status';

/** A call as grpc-js hands it to handlers. */
export interface GrpcCall extends EventEmitter {
  cancelled?: boolean;
  getDeadline?(): Date | number;
  /** Not documented; every answer ends with this, whichever kind of call it is. */
  call?: { sendStatus?: (this: unknown, status: SentStatus) => void };
  metadata?: object;
}

interface Metadata {
  set(name: string, value: string): void;
}

interface SentStatus extends GrpcStatus {
  metadata?: Metadata | null;
}

/** Among what follows the status of a failed call: the type of what the handler threw. */
export const EXCEPTION_TYPE = 'nestjs-xray-exception';

/** What is to be known of a call: what goes wrong in it, and how it ends. */
export interface GrpcListener {
  /** The handler answers with an error, which it may have thrown before. */
  answered(thrown: unknown): void;
  ended(status: GrpcStatus): void;
  /** The type of what was thrown, for a caller that wants to know. */
  readonly failure: string | undefined;
  /** The client has left, or the deadline is over. */
  cancelled(deadline: number | undefined): void;
}

/** The call among what a handler is given: the last of three arguments, or the first. */
export function grpcCallIn(message: readonly unknown[]): GrpcCall | undefined {
  return message.find(isCall);
}

function isCall(argument: unknown): argument is GrpcCall {
  if (typeof argument !== 'object' || argument === null) return false;
  const { sendMetadata, getPeer, on } = argument as Record<string, unknown>;
  return [sendMetadata, getPeer, on].every((member) => typeof member === 'function');
}

/** Has `listener` see how `call` goes; false where grpc-js does not let it be seen. */
export function watchGrpcCall(call: GrpcCall, listener: GrpcListener): boolean {
  const { call: inner } = call;
  const sendStatus = inner?.sendStatus;
  if (inner === undefined || typeof sendStatus !== 'function') return false;
  inner.sendStatus = function (this: unknown, status) {
    listener.ended(status);
    const { failure } = listener;
    const named = failure === undefined ? status : naming(call, status, failure);
    return Reflect.apply(sendStatus, this, [named]);
  };
  call.on(errorMonitor, (thrown) => {
    if (!call.cancelled) listener.answered(thrown);
  });
  // Also emitted after the status was sent, when the call has ended for the listener.
  call.on('cancelled', () => listener.cancelled(timeOf(call)));
  return true;
}

function naming(call: GrpcCall, status: SentStatus, failure: string): SentStatus {
  const Made = call.metadata?.constructor as (new () => Metadata) | undefined;
  const metadata = status.metadata ?? (Made && new Made());
  metadata?.set(EXCEPTION_TYPE, failure);
  return { ...status, metadata };
}

function timeOf(call: GrpcCall): number | undefined {
  const deadline = call.getDeadline?.();
  return deadline === undefined ? undefined : Number(deadline);
}

/**
 * What a handler is given, with a callback that lets `listener` see an error. Those of
 * `@GrpcStreamCall()` are called back, and not waited for.
 */
export function withWatchedCallback(
  message: readonly unknown[],
  listener: GrpcListener,
): readonly unknown[] {
  return message.map((argument) => {
    if (typeof argument !== 'function') return argument;
    return (thrown: unknown, ...rest: unknown[]): unknown => {
      if (thrown) listener.answered(thrown);
      return Reflect.apply(argument, undefined, [thrown, ...rest]) as unknown;
    };
  });
}
