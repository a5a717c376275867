import { storage } from '../core/context';
import { GrpcExchange } from './grpc-exchange';
import { messageCall } from './message-call';

/**
 * Records a message's exception where it is thrown. Exception filters only turn it into a response.
 */
export function recordAtRoot(thrown: unknown): void {
  const active = storage.getStore();
  if (active === undefined || active.notTraced) return;
  const { root } = active;
  if (root.call instanceof GrpcExchange) root.call.record(thrown);
  else if (!root.isClosed() && root.call === messageCall) root.addError(thrown);
}
