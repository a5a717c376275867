import { Observable } from 'rxjs';
import { exceptionType, recordAlsoThrown } from '../core/cause';
import { storage } from '../core/context';
import {
  DEADLINE_EXCEEDED,
  grpcStatusName,
  grpcStatusOf,
  isGrpcOk,
  setGrpcFlags,
  type GrpcStatus,
} from '../core/grpc-status';
import type { Call, RecordedNode } from '../core/recorded-node';
import type { GrpcListener } from '../instrumentation/nest/grpc-call';

/**
 * A call of gRPC that is being recorded: open until its status is sent, which decides error,
 * throttle and fault, or until it is cancelled.
 */
export class GrpcExchange implements Call, GrpcListener {
  readonly detailed = false;
  readonly nest = undefined;

  /** Set by what was thrown, where the caller sent a trace. */
  failure: string | undefined = undefined;

  constructor(
    private readonly node: RecordedNode,
    private readonly named: boolean,
  ) {
    node.call = this;
  }

  get site(): object {
    return this;
  }

  succeeded(): void {}
  failed(): void {}

  /** Records what was thrown; what that means for the call is for the status to say. */
  record(thrown: unknown): void {
    const { node } = this;
    if (node.isClosed()) return;
    if (this.named) this.failure ??= exceptionType(thrown);
    const { error, fault, throttle } = node;
    recordAlsoThrown(node, thrown);
    Object.assign(node, { error, fault, throttle });
  }

  /** The same for what answers an exception that may be recorded already. */
  answered(thrown: unknown): void {
    if (this.node.cause === undefined) this.record(thrown);
  }

  ended(status: GrpcStatus): void {
    const { node } = this;
    if (node.isClosed()) return;
    if (!isGrpcOk(status)) {
      const { code, details } = status;
      const name = grpcStatusName(code);
      this.answered({ name, message: details ?? name });
      node.addAnnotation('grpc_status', name);
      setGrpcFlags(node, code);
    }
    node.end();
  }

  cancelled(deadline: number | undefined): void {
    const { node } = this;
    if (node.isClosed()) return;
    if (deadline !== undefined && deadline <= Date.now()) {
      return this.ended({ code: DEADLINE_EXCEEDED, details: 'Deadline exceeded' });
    }
    node.error = true;
    node.fault = node.throttle = false;
    node.addAnnotation('aborted', true);
    node.end();
  }

  /** The answers that `source` gives, each in the context of the call. */
  answers(source: Observable<unknown>): Observable<unknown> {
    const { node } = this;
    return new Observable((subscriber) =>
      storage.run(node, () =>
        source.subscribe({
          next: (value) => subscriber.next(value),
          error: (thrown: unknown) => {
            subscriber.error(thrown);
            // Where Nest sends no status for it.
            this.broke(thrown);
          },
          complete: () => subscriber.complete(),
        }),
      ),
    );
  }

  /** The handler failed, which is the end of the call whether a status follows or not. */
  broke(thrown: unknown): void {
    this.answered(thrown);
    this.ended(grpcStatusOf(thrown));
  }
}
