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
 * A gRPC call that is being recorded. Its segment is open until its status is sent, which decides
 * error, throttle and fault, or until it is cancelled.
 */
export class GrpcExchange implements Call, GrpcListener {
  readonly detailed = false;
  readonly nest = undefined;

  /** Set from what was thrown, if the caller sent a trace header. */
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

  /** Records what was thrown. The status decides the flags. */
  record(thrown: unknown): void {
    const { node } = this;
    if (node.isClosed()) return;
    if (this.named) this.failure ??= exceptionType(thrown);
    const { error, fault, throttle } = node;
    recordAlsoThrown(node, thrown);
    Object.assign(node, { error, fault, throttle });
  }

  /** Like record(), for the response to an exception that may already be recorded. */
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

  /** The responses emitted by `source`, each in the context of the call. */
  answers(source: Observable<unknown>): Observable<unknown> {
    const { node } = this;
    return new Observable((subscriber) =>
      storage.run(node, () =>
        source.subscribe({
          next: (value) => subscriber.next(value),
          error: (thrown: unknown) => {
            subscriber.error(thrown);
            // Nest sends no status in this case.
            this.broke(thrown);
          },
          complete: () => subscriber.complete(),
        }),
      ),
    );
  }

  /** The handler failed, which ends the call whether or not a status follows. */
  broke(thrown: unknown): void {
    this.answered(thrown);
    this.ended(grpcStatusOf(thrown));
  }
}
