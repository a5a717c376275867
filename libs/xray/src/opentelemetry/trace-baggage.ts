import { propagation, type Context } from '@opentelemetry/api';
import type { Active } from '../core/context';
import { parseBaggage } from './baggage-header';

/** Adds to `context` the baggage of the incoming request, if there is any. */
export function withBaggage(context: Context, active: NonNullable<Active>): Context {
  const header = (active.notTraced ? active : active.root).carried?.baggage;
  if (header === undefined || propagation.getBaggage(context) !== undefined) return context;
  const baggage = parseBaggage(header);
  return baggage === undefined ? context : propagation.setBaggage(context, baggage);
}
