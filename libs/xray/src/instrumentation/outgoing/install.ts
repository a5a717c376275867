import type { OutgoingPolicy } from '../../core/outgoing';
import type { Warn } from '../../core/warn-once';
import { bindPools } from '../pools';
import { instrumentAws } from './aws';
import { captureFetch } from './fetch';
import { captureHttp } from './http';
import { instrumentPg } from './pg';
import { captureRpc } from './nest-clients';
import { captureGrpc } from './nest-grpc';

/**
 * Patches the libraries for the kinds of calls that `policy` may record. Patches apply to the whole
 * process; whether a call is recorded is decided by the policy of its trace.
 */
export function instrumentOutgoing(policy: OutgoingPolicy, warn: Warn): void {
  bindPools();
  if (policy.mayWant('http')) captureHttp();
  if (policy.mayWant('fetch')) captureFetch();
  if (policy.mayWant('aws')) instrumentAws();
  if (policy.mayWant('sql')) instrumentPg();
  if (policy.mayWant('rpc')) {
    captureRpc(warn);
    captureGrpc(warn);
  }
}
