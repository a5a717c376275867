import { errorMonitor, type EventEmitter } from 'node:events';
import type { GrpcStatus } from '../../core/grpc-status';

/** A call as grpc-js passes it to handlers. */
export interface GrpcCall extends EventEmitter {
  cancelled?: boolean;
  getDeadline?(): Date | number;
  /** Not documented. Every response ends with this method, in calls of every kind. */
  call?: { sendStatus?: (this: unknown, status: SentStatus) => void };
  metadata?: object;
}

interface Metadata {
  set(name: string, value: string): void;
}

interface SentStatus extends GrpcStatus {
  metadata?: Metadata | null;
}

/** The trailer of a failed call with the class name of what the handler threw. */
export const EXCEPTION_TYPE = 'nestjs-xray-exception';

/** Receives the errors and the end of a call. */
export interface GrpcListener {
  /** The handler responded with an error, which may have been reported before. */
  answered(thrown: unknown): void;
  ended(status: GrpcStatus): void;
  /** The class name of what was thrown; sent to the caller. */
  readonly failure: string | undefined;
  /** The client cancelled the call, or the deadline (epoch milliseconds) passed. */
  cancelled(deadline: number | undefined): void;
}

/** Finds the call among a handler's arguments: the last of three, or the first. */
export function grpcCallIn(message: readonly unknown[]): GrpcCall | undefined {
  return message.find(isCall);
}

function isCall(argument: unknown): argument is GrpcCall {
  if (typeof argument !== 'object' || argument === null) return false;
  const { sendMetadata, getPeer, on } = argument as Record<string, unknown>;
  return [sendMetadata, getPeer, on].every((member) => typeof member === 'function');
}

/** Reports the course of `call` to `listener`. Returns false if grpc-js lacks the method needed. */
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
  // Also emitted after the status was sent; the listener must ignore it then.
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
 * Returns the handler's arguments with each callback wrapped so that `listener` receives its error.
 * Handlers of `@GrpcStreamCall()` respond by a callback; Nest does not await their result.
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
