import type { OutgoingPolicy } from '../../core/outgoing';
import { captureAws } from './aws';
import { captureFetch } from './fetch';
import { captureHttp } from './http';
import { capturePg } from './pg';
import { captureRpc } from './nest-clients';
import { captureGrpc } from './nest-grpc';

/**
 * Watches the kinds of calls that `policy` may want. What is watched is the
 * process's; what is recorded is decided at each call by the trace it belongs to.
 */
export function instrumentOutgoing(policy: OutgoingPolicy): void {
  if (policy.mayWant('http')) captureHttp();
  if (policy.mayWant('fetch')) captureFetch();
  if (policy.mayWant('aws')) captureAws();
  if (policy.mayWant('sql')) capturePg();
  if (policy.mayWant('rpc')) {
    captureRpc();
    captureGrpc();
  }
}
