import 'reflect-metadata';
import { Inject, Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { isObservable } from 'rxjs';
import { storage } from '../core/context';
import type { RecordedNode, RecordedSubsegment } from '../core/recorded-node';
import { Subsegment } from '../core/subsegment';
import { Later } from '../core/later';
import { traceObservable } from '../core/observable';
import { fail, succeed } from '../core/outcome';
import { Recorder } from '../core/recorder';
import { inEffect, XRAY_OPTIONS, type XrayOptions } from '../xray.options';
import { ignoreMatcher } from './ignore';
import { GrpcExchange } from './grpc-exchange';
import { messageCall } from './message-call';
import { watchGrpcCall, withWatchedCallback } from '../instrumentation/nest/grpc-call';
import {
  watchMessages,
  type Handler,
  type MessageRecorder,
  type Message,
} from '../instrumentation/nest/messages';
import { keepContextOfCall } from '../instrumentation/request-events';
import { incomingRpcTrace } from '../instrumentation/nest/rpc-header';
import { recordAtRoot } from './record-at-root';
import { SegmentName } from './segment-name';

/** The number of the span kind CONSUMER in the OpenTelemetry API. */
const CONSUMER = 4;

/**
 * Opens the segment of a message: of a microservice with any transport, or of a WebSocket gateway.
 * The segment covers guards, pipes, interceptors and handler, and is open until the response is
 * complete.
 */
@Injectable()
export class MessageEntry implements MessageRecorder {
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

  /** Starts recording the messages of this application. */
  start(): void {
    watchMessages(this.modules, this, recordAtRoot, this.recorder.warn);
  }

  handle(message: Message, handler: Handler): Promise<unknown> {
    const { given } = message;
    const node = this.open(message);
    if (node === undefined) return handler(...given);
    if (message.grpc !== undefined) keepContextOfCall(node, message.grpc);
    if (node.notTraced) return storage.run(node, handler, ...given);
    return this.handleGrpc(node, message, handler) ?? handleOne(node, handler, given);
  }

  /** Undefined if this is not a gRPC call, or if its end cannot be observed. */
  private handleGrpc(node: RecordedNode, { grpc, given, trace }: Message, handler: Handler) {
    if (grpc === undefined) return undefined;
    const exchange = new GrpcExchange(node, trace !== undefined);
    if (!watchGrpcCall(grpc, exchange)) {
      this.recorder.warn('grpc:status', NO_STATUS);
      return undefined;
    }
    return storage.run(node, handler, ...withWatchedCallback(given, exchange)).then(
      (result) => (isObservable(result) ? exchange.answers(result) : result),
      (thrown: unknown) => {
        exchange.broke(thrown);
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

const NO_STATUS =
  'Could not find sendStatus in the calls of @grpc/grpc-js: segments of gRPC calls end when their ' +
  'handler returns, and not when the response has been sent. This version of @grpc/grpc-js may be ' +
  'newer than this version of nestjs-xray, so look for a newer one.';

/** Any other message: its segment is open until the handler's result is complete. */
function handleOne(node: RecordedNode, handler: Handler, given: readonly unknown[]) {
  node.call = messageCall;
  return storage.run(node, handler, ...given).then(
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

/**
 * The segment that an OpenTelemetry instrumentation of the broker's client opened for this message.
 * The handler's work is recorded in it.
 */
function begunByApi(name: string): RecordedSubsegment | undefined {
  const active = storage.getStore();
  if (active === undefined || active.notTraced || active.root !== active) return undefined;
  const kind = active.span?.data.kind;
  return kind === CONSUMER && !active.isClosed() ? new Subsegment(name, active) : undefined;
}
