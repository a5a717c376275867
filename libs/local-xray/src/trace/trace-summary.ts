import type { AnnotationValue, NodeDocument, SegmentDocument } from '@nestjs-xray/document';
import { patternOf } from '@nestjs-xray/trace';
import { ERROR, ERROR_WITHIN, FAULT, FAULT_WITHIN, flagsOf, PARTIAL, THROTTLE } from './node-flags';
import { responseTimeRootCauses, troubleRootCauses } from './root-causes';
import { serviceId } from './service-id';
import type { ServiceId, SummaryHttp, TraceSummary, ValueWithServiceIds } from './summary.types';
import type { TraceModel, Visit } from './trace-model';

/** The contents of a trace's row. Columns of the same names are documented in store/schema.ts. */
export interface TraceFacts {
  /** Epoch seconds: the start of the root, or else the earliest start. */
  start: number;
  /** Epoch seconds: the latest end. */
  end: number;
  /** Seconds. */
  duration: number;
  /** Seconds; null until the root has ended. */
  responseTime: number | null;
  /** FAULT, ERROR and THROTTLE as in the summary, PARTIAL, FAULT_WITHIN and ERROR_WITHIN. */
  flags: number;
  /** Name of the root, or else of the earliest document. */
  service: string;
  http: SummaryHttp | undefined;
  /** What the root's tracer calls its request, if anything. */
  route: string | undefined;
  users: string[];
  segments: number;
  subsegments: number;
  annotations: { key: string; value: AnnotationValue }[];
  summary: TraceSummary;
}

/** How many annotations of one trace are indexed and summarised; AWS indexes 50. Others are stored and shown. */
const MAX_ANNOTATIONS = 500;
const MAX_LISTED = 1000;

/**
 * Computes the contents of a trace's row, including its summary.
 *
 * As in X-Ray, a fault or error counts if the root has it, and a throttle anywhere in the trace.
 * https://docs.aws.amazon.com/xray/latest/api/API_TraceSummary.html
 */
export function traceFacts(id: string, model: TraceModel): TraceFacts {
  const read = readNodes(model);
  const { root } = model;
  if (!read.first) read.start = read.end = 0;
  const rootSegment = root?.document as SegmentDocument | undefined;
  const start = rootSegment?.start_time ?? read.start;
  const duration = Math.max(0, roundedSeconds(read.end - start));
  const responseTime = root && root.time >= 0 ? root.time / 1e6 : null;
  let flags = (root?.flags ?? 0) & (FAULT | ERROR);
  if (read.flags & THROTTLE) flags |= THROTTLE;
  if (model.partial) flags |= PARTIAL;
  if (read.flags & FAULT) flags |= FAULT_WITHIN;
  if (read.flags & ERROR) flags |= ERROR_WITHIN;
  const http = summaryHttp(rootSegment);
  const summary: TraceSummary = {
    Id: id,
    StartTime: start,
    Duration: duration,
    ...(responseTime !== null && { ResponseTime: responseTime }),
    HasFault: (flags & FAULT) !== 0,
    HasError: (flags & ERROR) !== 0,
    HasThrottle: (flags & THROTTLE) !== 0,
    IsPartial: model.partial,
    // Always present: Grafana, for example, reads it without checking.
    Http: http ?? {},
    Annotations: read.annotations.byKey,
    Users: [...read.users.values()].map(({ name, services }) => ({
      UserName: name,
      ServiceIds: [...services.values()],
    })),
    ServiceIds: [...read.services.values()],
    ResourceARNs: [...read.resources].map((ARN) => ({ ARN })),
    InstanceIds: [...read.instances].map((Id) => ({ Id })),
    AvailabilityZones: [...read.zones].map((Name) => ({ Name })),
    ...(root && { EntryPoint: read.services.get(root.key)! }),
    FaultRootCauses: read.flags & FAULT ? troubleRootCauses(model, FAULT) : [],
    ErrorRootCauses: read.flags & ERROR ? troubleRootCauses(model, ERROR) : [],
    ResponseTimeRootCauses: responseTimeRootCauses(model),
  };
  return {
    start,
    end: read.end,
    duration,
    responseTime,
    flags,
    service: rootSegment?.name ?? read.first?.name ?? '',
    http,
    route: rootSegment && routeOf(rootSegment),
    users: [...read.users.keys()],
    segments: model.tree.segments.length,
    subsegments: model.owners.size,
    annotations: read.annotations.list,
    summary,
  };
}

/** What the tracer calls the request: its route, or the pattern of its message. */
function routeOf(root: SegmentDocument): string | undefined {
  const route = root.annotations?.http_route;
  if (typeof route === 'string' && route !== '') return route.slice(0, MAX_ROUTE);
  return root.http === undefined ? patternOf(root) || undefined : undefined;
}

const MAX_ROUTE = 500;

interface Reading {
  start: number;
  end: number;
  /** The flags of all nodes combined. */
  flags: number;
  first: NodeDocument | undefined;
  services: Map<string, ServiceId>;
  users: Map<string, { name: string; services: Map<string, ServiceId> }>;
  annotations: Annotations;
  resources: Set<string>;
  instances: Set<string>;
  zones: Set<string>;
}

function readNodes(model: TraceModel): Reading {
  const reading: Reading = {
    start: Infinity,
    end: -Infinity,
    flags: 0,
    first: undefined,
    services: new Map(),
    users: new Map(),
    annotations: new Annotations(),
    resources: new Set(),
    instances: new Set(),
    zones: new Set(),
  };
  for (const visit of model.visits) {
    const { key } = visit;
    if (!reading.services.has(key) && reading.services.size < MAX_LISTED) {
      reading.services.set(key, serviceId(visit));
    }
  }
  const segments = model.visits.slice(0, model.tree.segments.length);
  // Of the values that a key has, lists show the first.
  segments.sort((a, b) => Number(b === model.root) - Number(a === model.root));
  for (const visit of segments) {
    readNode(reading, visit.document, visit);
    readSegment(reading, visit);
  }
  for (const [subsegment, owner] of model.owners) readNode(reading, subsegment, owner.visit);
  return reading;
}

function readNode(reading: Reading, node: NodeDocument, visit: Visit | undefined): void {
  if (!reading.first || node.start_time < reading.first.start_time) reading.first = node;
  reading.start = Math.min(reading.start, node.start_time);
  reading.end = Math.max(reading.end, node.end_time ?? node.start_time);
  reading.flags |= flagsOf(node);
  if (node.annotations)
    reading.annotations.read(node.annotations, visit && serviceOf(reading, visit));
}

function readSegment(reading: Reading, visit: Visit): void {
  const { user, resource_arn, aws } = visit.document as SegmentDocument;
  if (user) {
    let entry = reading.users.get(user);
    if (!entry) {
      entry = { name: user, services: new Map() };
      if (reading.users.size < MAX_LISTED) reading.users.set(user, entry);
    }
    entry.services.set(visit.key, serviceOf(reading, visit));
  }
  if (resource_arn) reading.resources.add(resource_arn);
  if (!aws) return;
  const ec2 = aws.ec2 as { instance_id?: unknown; availability_zone?: unknown } | null | undefined;
  if (typeof ec2?.instance_id === 'string') reading.instances.add(ec2.instance_id);
  if (typeof ec2?.availability_zone === 'string') reading.zones.add(ec2.availability_zone);
}

class Annotations {
  /** Without a prototype: a key may be `__proto__`. */
  readonly byKey = Object.create(null) as Record<string, ValueWithServiceIds[]>;
  readonly list: { key: string; value: AnnotationValue }[] = [];
  private readonly seen = new Map<string, ValueWithServiceIds>();

  read(annotations: Record<string, AnnotationValue>, service: ServiceId | undefined): void {
    for (const key of Object.keys(annotations)) {
      const exact = annotations[key]!;
      const named = annotationValue(exact);
      if (!named) continue;
      const seenKey = `${typeof exact} ${key} ${String(exact)}`;
      let entry = this.seen.get(seenKey);
      if (!entry) {
        if (this.list.length >= MAX_ANNOTATIONS) return;
        entry = { AnnotationValue: named, ServiceIds: [] };
        this.seen.set(seenKey, entry);
        // Conditions compare numbers as doubles.
        const value = typeof (exact as unknown) === 'bigint' ? Number(exact) : exact;
        this.list.push({ key, value });
        (this.byKey[key] ??= []).push(entry);
      }
      if (service && !entry.ServiceIds.includes(service)) entry.ServiceIds.push(service);
    }
  }
}

function annotationValue(
  value: AnnotationValue,
): ValueWithServiceIds['AnnotationValue'] | undefined {
  if (typeof value === 'string') return { StringValue: value };
  if (typeof value === 'boolean') return { BooleanValue: value };
  // A bigint if a double cannot represent the number.
  return Number.isFinite(Number(value)) ? { NumberValue: value } : undefined;
}

function summaryHttp(segment: SegmentDocument | undefined): SummaryHttp | undefined {
  const { request, response } = segment?.http ?? {};
  const http: SummaryHttp = {};
  if (request?.url !== undefined) http.HttpURL = request.url;
  if (response?.status !== undefined) http.HttpStatus = response.status;
  if (request?.method !== undefined) http.HttpMethod = request.method;
  if (request?.user_agent !== undefined) http.UserAgent = request.user_agent;
  if (request?.client_ip !== undefined) http.ClientIp = request.client_ip;
  return Object.keys(http).length > 0 ? http : undefined;
}

function serviceOf(reading: Reading, visit: Visit): ServiceId {
  return reading.services.get(visit.key) ?? serviceId(visit);
}

/** Rounds to microseconds: differences of epoch seconds are not exact beyond them. */
function roundedSeconds(seconds: number): number {
  return Number.isFinite(seconds) ? Math.round(seconds * 1e6) / 1e6 : 0;
}
