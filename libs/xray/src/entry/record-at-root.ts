import { storage } from '../core/context';
import { GrpcExchange } from './grpc-exchange';
import { messageCall } from './message-call';

/** A message's exception is recorded where it is thrown: what its filters make of it is the answer. */
export function recordAtRoot(thrown: unknown): void {
  const active = storage.getStore();
  if (active === undefined || active.notTraced) return;
  const { root } = active;
  if (root.call instanceof GrpcExchange) root.call.record(thrown);
  else if (!root.isClosed() && root.call === messageCall) root.addError(thrown);
}
