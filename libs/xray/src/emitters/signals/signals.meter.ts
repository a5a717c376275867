import type { Meter } from '../../core/meter';
import type { RecordedNode, RecordedSegment, RecordedSubsegment } from '../../core/recorded-node';
import { reasonOf } from '../../core/foreign-values';
import type { Warn } from '../../core/warn-once';
import {
  resourceAttributes,
  type SegmentDocument,
  spanOf,
  type SubsegmentDocument,
} from '../../document';
import {
  localEnvironment,
  localOperation,
  type LocalService,
  metricAttributes,
} from '../otlp/application-signals';
import { withApiValues } from '../otlp/document-to-spans';
import { createInstruments, type Instruments } from './instruments';
import type { SignalsSettings } from '../../options/signals-options';

/** The attributes that all metrics of a process share. */
export interface MeasuredProcess {
  /** The user's resource attributes. */
  resource: Record<string, string>;
  /** The attributes of the process that are known so far. */
  known: () => Record<string, unknown>;
  warn: Warn;
}

/**
 * Starts the metrics from which Application Signals shows requests, errors, faults and latency of a
 * service and of its calls. If a required package is missing, a warning says which to install.
 */
export function startMeter(settings: SignalsSettings, process: MeasuredProcess): Meter | undefined {
  const { resource, known, warn } = process;
  try {
    const all = () => ({ ...known(), ...resource });
    return new SignalsMeter(createInstruments(settings, all, warn), resource, warn);
  } catch (problem) {
    warn(
      'metrics:packages',
      'Metrics for Application Signals are turned on but cannot be sent: ' +
        `${reasonOf(problem).split('\n', 1)[0]}. Install @opentelemetry/sdk-metrics and ` +
        '@opentelemetry/exporter-metrics-otlp-proto in the application, or turn the option ' +
        'applicationSignals off. Traces are not affected.',
    );
    return undefined;
  }
}

class SignalsMeter implements Meter {
  constructor(
    private readonly instruments: Instruments,
    private readonly resource: Record<string, string>,
    private readonly warn: Warn,
  ) {}

  measure(closed: RecordedNode): void {
    try {
      const local = this.localOf(closed.root);
      for (const node of measured(closed)) this.record(node, local);
    } catch (problem) {
      const why = reasonOf(problem);
      this.warn(
        `measure:${why}`,
        `A request could not be counted in the metrics: ${why}. The request was not affected.`,
      );
    }
  }

  /** Failed exports are already logged when it resolves. */
  async flush(): Promise<void> {
    await this.instruments.flush().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.instruments.close().catch(() => undefined);
  }

  private localOf(root: RecordedSegment): LocalService {
    const { resource } = this;
    const { name, origin, aws } = root;
    const own = resourceAttributes({ name, origin, aws } as SegmentDocument);
    return {
      service: resource['service.name'] ?? name,
      environment: localEnvironment({ ...own, ...resource }),
      operation: localOperation(root),
    };
  }

  private record(node: RecordedNode, local: LocalService): void {
    const isSegment = node.root === node;
    const document = factsOf(node);
    const span = withApiValues(
      spanOf('', document, undefined, isSegment),
      document,
      node.span?.data,
    );
    const { start_time, end_time, error, fault } = node;
    this.instruments.record(
      {
        latencyMs: (end_time! - start_time) * 1000,
        error: Number(error && !fault),
        fault: Number(fault),
      },
      metricAttributes(span, document, isSegment, local),
    );
  }
}

/** The numbers of the span kinds of calls in the OpenTelemetry API: client and producer. */
const CALLS: readonly (number | undefined)[] = [2, 3];

/**
 * A closed node, if it is a segment or a call, and the calls in it. Parts that are still open, or
 * were sent on their own, are measured when they close. Not recursive: a trace may be very deep.
 */
function* measured(closed: RecordedNode): Generator<RecordedNode> {
  const left: RecordedNode[] = [closed];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (node.root === node || isCall(node as RecordedSubsegment)) yield node;
    for (const child of node.subsegments ?? []) {
      if (child.end_time !== undefined && !child.leftAlone) left.push(child);
    }
  }
}

function isCall({ namespace, span }: RecordedSubsegment): boolean {
  return namespace === 'remote' || namespace === 'aws' || CALLS.includes(span?.data.kind);
}

/** The fields from which the attributes of metrics are derived. */
function factsOf(node: RecordedNode): SegmentDocument & SubsegmentDocument {
  const { name, start_time, end_time, http, aws, metadata } = node;
  const { namespace, sql } = node as RecordedSubsegment;
  const { rpc, job } = metadata?.nest ?? {};
  return {
    ...{ id: '', name, start_time, end_time, http, aws, namespace, sql },
    ...((rpc ?? job) !== undefined && { metadata: { nest: { rpc, job } } }),
  } as SegmentDocument & SubsegmentDocument;
}
