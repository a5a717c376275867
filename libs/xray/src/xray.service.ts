import { Injectable } from '@nestjs/common';
import type { AnnotationValue, LinkDocument } from './document';
import { textOf } from './core/foreign-values';
import { safeCopy } from './core/safe-metadata';
import { capture, captureSegment } from './core/capture';
import { linkTo, type LinkTarget } from './core/message-links';
import { currentNode, isSampled, storage } from './core/context';
import { Recorder } from './core/recorder';
import { runtime } from './core/runtime';
import type { SubsegmentNode, TraceNode } from './core/trace-node';
import { Wiring } from './wiring/wiring';

/** Records on the active segment or subsegment. Does nothing in an unsampled request. */
@Injectable()
export class XrayService {
  constructor(
    private readonly recorder: Recorder,
    private readonly wiring: Wiring,
  ) {}

  /** The active segment or subsegment. Undefined outside a segment and in an unsampled request. */
  get current(): TraceNode | undefined {
    const node = currentNode();
    return node !== undefined && isSampled(node) ? node : undefined;
  }

  /** Id of the active trace, even if it is not sampled. */
  get traceId(): string | undefined {
    const active = storage.getStore();
    return active === undefined || active.notTraced ? active?.trace_id : active.root.trace_id;
  }

  /** The value of the `X-Amzn-Trace-Id` header for an outgoing call. Undefined outside a trace. */
  traceHeader(): string | undefined {
    return storage.getStore()?.traceHeader();
  }

  /** Adds a searchable value to the active segment or subsegment. */
  annotate(key: string, value: AnnotationValue): void {
    this.active('annotate', key)?.addAnnotation(key, value);
  }

  /** Adds any value for display, under `namespace` (default `default`). */
  metadata(key: string, value: unknown, namespace?: string): void {
    this.active('add metadata', key)?.addMetadata(key, value, namespace);
  }

  /** Sets the user that the request is made for; searchable as `user`. */
  setUser(id: string): void {
    this.active('set the user')?.root.setUser(id);
  }

  /**
   * Links the active segment to another trace, such as the one that sent the message being handled.
   * Takes an `X-Amzn-Trace-Id` header, a `traceparent`, or ids. X-Ray stores 20 links per segment.
   */
  link(to: LinkTarget): void {
    const node = this.active('link to another trace');
    if (node === undefined) return;
    const link = linkOf(to);
    if (link !== undefined) node.root.addLink(link);
    else {
      this.recorder.warn(
        'link',
        `Cannot link ${node.root.name} to another trace: ${JSON.stringify(safeCopy(to))} names no segment. ` +
          'Give an X-Amzn-Trace-Id header with Root and Parent, a traceparent, or { traceId, id }.',
      );
    }
  }

  /**
   * Sends what has closed so far. Resolves when it has been sent, or after `withinMs` (default:
   * `shutdownTimeoutMs`); never rejects. Only needed where the process may be frozen at any time,
   * such as a Lambda function that sends by OTLP after its response.
   */
  flush(withinMs?: number): Promise<void> {
    return this.recorder.flushWithin(withinMs);
  }

  /** Times `work` as a subsegment of the active node and returns its result. */
  capture<T>(name: string, work: (subsegment?: SubsegmentNode) => T): T {
    return capture(name, work);
  }

  /**
   * Times `work` as a segment with a trace of its own when none is active: a job, a script. Inside
   * a segment it becomes a subsegment.
   */
  captureSegment<T>(name: string, work: (node?: TraceNode) => T): T {
    if (!this.wiring.started) return work();
    return captureSegment(name, work, { recorder: this.recorder });
  }

  /** Counts of what was recorded and sent since the start. */
  stats(): Readonly<Recorder['stats']> {
    return { ...this.recorder.stats };
  }

  private active(attempt: string, key?: unknown): TraceNode | undefined {
    const active = storage.getStore();
    if (active !== undefined) return isSampled(active) ? currentNode() : undefined;
    runtime.missing?.(key === undefined ? attempt : `${attempt} "${textOf(key)}"`);
    return undefined;
  }
}

/** The ids may come from a message, so reading them may fail. */
function linkOf(to: LinkTarget): LinkDocument | undefined {
  try {
    return linkTo(to);
  } catch {
    return undefined;
  }
}
