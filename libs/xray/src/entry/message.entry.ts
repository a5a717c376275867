import 'reflect-metadata';
import { Inject, Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { isObservable } from 'rxjs';
import { storage } from '../core/context';
import type { RecordedSubsegment } from '../core/recorded-node';
import { Subsegment } from '../core/subsegment';
import { Later } from '../core/later';
import { traceObservable } from '../core/observable';
import { fail, succeed } from '../core/outcome';
import { Recorder } from '../core/recorder';
import { inEffect, XRAY_OPTIONS, type XrayOptions } from '../xray.options';
import { ignoreMatcher } from './ignore';
import { messageCall } from './message-call';
import { watchMessages, type Handling, type Message } from '../instrumentation/nest/messages';
import { incomingRpcTrace } from '../instrumentation/nest/rpc-header';
import { recordAtRoot } from './record-at-root';
import { SegmentName } from './segment-name';

/** As the OpenTelemetry API numbers kinds of spans. */
const CONSUMER = 4;

/**
 * Opens the segment of a message: of a microservice, over whatever transport, or a WebSocket
 * gateway. It covers guards, pipes, interceptors and handler, and is open until the answer is
 * complete.
 */
@Injectable()
export class MessageEntry implements Handling {
  private readonly ignored: ReturnType<typeof ignoreMatcher>;
  private readonly serviceName: string;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly recorder: Recorder,
    @Inject(XRAY_OPTIONS) options: XrayOptions,
  ) {
    const effective = inEffect(options);
    this.ignored = ignoreMatcher(effective.ignore);
    this.serviceName = new SegmentName(effective).service;
  }

  /** Takes part in the messages of this application. */
  start(): void {
    watchMessages(this.modules, this, recordAtRoot, this.recorder.warn);
  }

  handle(message: Message, work: () => Promise<unknown>): Promise<unknown> {
    const node = this.open(message);
    if (node === undefined) return work();
    if (node.notTraced) return storage.run(node, work);
    node.call = messageCall;
    return storage.run(node, work).then(
      (result) => {
        if (isObservable(result)) return traceObservable(node, result, Later.begun(node));
        succeed(node, result);
        return result;
      },
      (thrown: unknown) => {
        fail(node, thrown);
        throw thrown;
      },
    );
  }

  private open({ kind, pattern, controller, handler, trace }: Message) {
    const method = kind === 'rpc' ? 'RPC' : 'WS';
    if (this.ignored?.({ method, path: pattern })) return undefined;
    const header = kind === 'rpc' ? (trace ?? incomingRpcTrace()) : undefined;
    const { serviceName } = this;
    const node =
      begunByApi(`${controller}.${handler}`) ??
      this.recorder.open({ serviceName, method, path: pattern }, header);
    if (node.notTraced) return node;
    node.addAnnotation(kind === 'rpc' ? 'rpc_pattern' : 'ws_event', pattern);
    node.metadata = { nest: { controller, handler, route: pattern } };
    return node;
  }
}

/**
 * The segment that an instrumentation of OpenTelemetry's began for this very message, by the client
 * of the broker: its work is the handler's, which goes into it.
 */
function begunByApi(name: string): RecordedSubsegment | undefined {
  const active = storage.getStore();
  if (active === undefined || active.notTraced || active.root !== active) return undefined;
  const kind = active.span?.data.kind;
  return kind === CONSUMER && !active.isClosed() ? new Subsegment(name, active) : undefined;
}
