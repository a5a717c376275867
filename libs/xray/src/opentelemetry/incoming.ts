import { createContextKey, type Context } from '@opentelemetry/api';
import type { Incoming } from '../core/propagation';

export type { Incoming };

const KEY = createContextKey('nestjs-xray.incoming');

/** The trace that `extract` read from headers, including what a span context cannot hold. */
export function incomingIn(context: Context): Incoming | undefined {
  return context.getValue(KEY) as Incoming | undefined;
}

export function withIncoming(context: Context, incoming: Incoming): Context {
  return context.setValue(KEY, incoming);
}
