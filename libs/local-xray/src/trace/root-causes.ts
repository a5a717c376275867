import type { NodeDocument, SubsegmentDocument } from '@nestjs-xray/document';
import { ERROR, FAULT, flagsOf, INFERRED, microsecondsOf } from './node-flags';
import { serviceId } from './service-id';
import type { RootCause, RootCauseEntity, RootCauseService } from './summary.types';
import type { Call, TraceModel, Visit } from './trace-model';

/** How many root causes of one kind are reported for a trace. */
const MAX_CAUSES = 10;
const MAX_EXCEPTIONS = 10;
/** The maximum number of services in a path: a longer one is a loop, or of no use to a reader. */
const MAX_SERVICES = 100;
/** The maximum length of the path within one service. The innermost part is kept. */
const MAX_ENTITIES = 100;

/** A step on the path from the entry point: a segment or subsegment, and the visit it belongs to. */
interface Step {
  visit: Visit;
  node: NodeDocument;
}

/**
 * Where faults (5xx) and errors (4xx) began: each node with the flag whose subsegments and callees do not have it, with
 * the path from the entry point to it.
 *
 * `ClientImpacting` is true if every step of the path has the flag, so that it reached the caller.
 */
export function troubleRootCauses(
  model: TraceModel,
  flag: typeof FAULT | typeof ERROR,
): RootCause[] {
  const callers = new Map<Visit, Call>();
  for (const call of model.calls) if (!callers.has(call.to)) callers.set(call.to, call);
  const passedUp = new Set<NodeDocument>();
  const origins: Step[] = [];
  const note = (step: Step) => {
    if (!(flagsOf(step.node) & flag)) return;
    origins.push(step);
    // Mark all ancestors, even above a step that caught the fault: they are not its origin either.
    for (let up = parentOf(model, callers, step); up && !passedUp.has(up.node);) {
      passedUp.add(up.node);
      up = parentOf(model, callers, up);
    }
  };
  for (const visit of model.visits) note({ visit, node: visit.document });
  for (const [subsegment, { visit }] of model.owners) {
    if (visit) note({ visit, node: subsegment });
  }
  const seen = new Set<NodeDocument>();
  const causes: RootCause[] = [];
  for (const origin of origins) {
    // An inferred visit and the subsegment that it was derived from are the same document. The visit comes first.
    if (causes.length >= MAX_CAUSES || passedUp.has(origin.node) || seen.has(origin.node)) continue;
    seen.add(origin.node);
    causes.push(describe(wayTo(model, callers, origin), flag));
  }
  return causes;
}

function parentOf(model: TraceModel, callers: Map<Visit, Call>, step: Step): Step | undefined {
  const isVisit = step.node === step.visit.document;
  if (!isVisit) {
    const parent = model.owners.get(step.node)?.parent;
    return { visit: step.visit, node: parent ?? step.visit.document };
  }
  const call = callers.get(step.visit);
  if (!call) return undefined;
  // An inferred visit is its own call: continue from the parent of the subsegment, in the caller.
  if (step.visit.flags & INFERRED) {
    const parent = model.owners.get(step.node)?.parent;
    return { visit: call.from, node: parent ?? call.from.document };
  }
  return {
    visit: call.from,
    node: call.document === step.node ? call.from.document : call.document,
  };
}

/** The path from the entry point to `origin`. */
function wayTo(model: TraceModel, callers: Map<Visit, Call>, origin: Step): Step[] {
  const way: Step[] = [];
  const seen = new Set<NodeDocument>();
  let services = 0;
  let last: Visit | undefined;
  for (let step: Step | undefined = origin; step && !seen.has(step.node);) {
    seen.add(step.node);
    if (step.visit !== last && ++services > MAX_SERVICES) break;
    last = step.visit;
    way.push(step);
    step = parentOf(model, callers, step);
  }
  return way.reverse();
}

function describe(way: Step[], flag: number): RootCause {
  return {
    Services: services(way, (node) => {
      const entity: RootCauseEntity = {
        Name: node.name,
        Exceptions: exceptions(node),
        Remote: isRemote(node),
      };
      return entity;
    }),
    ClientImpacting: way.every(({ node }) => (flagsOf(node) & flag) !== 0),
  };
}

function services(
  way: Step[],
  entityOf: (node: NodeDocument) => RootCauseEntity,
): RootCauseService[] {
  const result: RootCauseService[] = [];
  let last: Visit | undefined;
  for (const { visit, node } of way) {
    if (visit !== last) {
      const service = { Type: '', ...serviceId(visit) } as RootCauseService;
      service.EntityPath = [];
      service.Inferred = (visit.flags & INFERRED) !== 0;
      result.push(service);
      last = visit;
    }
    const path = result[result.length - 1]!.EntityPath;
    path.push(entityOf(node));
    if (path.length > MAX_ENTITIES) path.shift();
  }
  return result;
}

function exceptions({ cause }: NodeDocument): RootCauseEntity['Exceptions'] {
  if (typeof cause !== 'object' || !Array.isArray(cause?.exceptions)) return [];
  return cause.exceptions.slice(0, MAX_EXCEPTIONS).map(({ type, message }) => ({
    Name: type ?? '',
    ...(message !== undefined && { Message: message }),
  }));
}

function isRemote(node: NodeDocument): boolean {
  const { namespace, sql } = node as SubsegmentDocument;
  return namespace === 'remote' || namespace === 'aws' || sql !== undefined;
}

/**
 * Where the time was spent: starting with the segment of the entry point, follows the longest subsegment or call as
 * long as it takes at least half of the time of its parent. Empty until the root has ended.
 */
export function responseTimeRootCauses(model: TraceModel): RootCause[] {
  const { root, tree } = model;
  const whole = root ? root.time : -1;
  if (!root || whole < 0) return [];
  const targets = new Map<NodeDocument, Visit>();
  for (const call of model.calls) targets.set(call.document, call.to);
  const way: Step[] = [];
  const seen = new Set<NodeDocument>();
  let step: Step | undefined = { visit: root, node: root.document };
  while (step && !seen.has(step.node) && way.length < MAX_ENTITIES) {
    seen.add(step.node);
    way.push(step);
    step = longestPart(step, targets, tree);
  }
  const Services = services(way, (node) => ({
    Name: node.name,
    Coverage: whole === 0 ? 1 : share(microsecondsOf(node), whole),
    Remote: isRemote(node),
  }));
  return [{ Services, ClientImpacting: true }];
}

function longestPart(
  step: Step,
  targets: Map<NodeDocument, Visit>,
  tree: TraceModel['tree'],
): Step | undefined {
  const callee = targets.get(step.node);
  if (callee && callee !== step.visit && callee.document !== step.node) {
    return { visit: callee, node: callee.document };
  }
  let longest: NodeDocument | undefined;
  let time = -1;
  for (const child of tree.childrenOf(step.node)) {
    const childTime = microsecondsOf(child);
    if (childTime > time) [longest, time] = [child, childTime];
  }
  if (!longest || time <= 0 || time * 2 < microsecondsOf(step.node)) return undefined;
  const inferred = targets.get(longest);
  return {
    visit: inferred && inferred.document === longest ? inferred : step.visit,
    node: longest,
  };
}

/** A share with three decimals, at most 1: a part may end after the whole. */
function share(part: number, whole: number): number {
  return Math.min(1, Math.round((part / whole) * 1000) / 1000);
}
