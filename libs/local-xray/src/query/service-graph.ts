import { ROOT } from '../trace/node-flags';
import { scanTimes } from '../trace/scan-times';
import type { TimeTotals } from '../trace/time-totals';
import { serviceId } from '../trace/service-id';
import { Statistics, type Histogram, type SummaryStatistics } from './statistics';
import type { ServiceId } from '../trace/summary.types';
import type { Shape, ShapeNode } from '../trace/trace-shape';

/** A node of GetServiceGraph and GetTraceGraph. https://docs.aws.amazon.com/xray/latest/api/API_Service.html */
export interface GraphService extends ServiceId {
  ReferenceId: number;
  /** Only on nodes where traces enter. */
  Root?: boolean;
  State: 'active' | 'unknown';
  /** Epoch seconds. */
  StartTime: number;
  EndTime: number;
  Edges: GraphEdge[];
  /** Not on the client node. */
  SummaryStatistics?: SummaryStatistics;
  DurationHistogram?: Histogram;
  ResponseTimeHistogram?: Histogram;
}

export interface GraphEdge {
  /** The node that is called. */
  ReferenceId: number;
  StartTime: number;
  EndTime: number;
  SummaryStatistics: SummaryStatistics;
  /** As measured by the caller. */
  ResponseTimeHistogram: Histogram;
  Aliases: never[];
}

/** The combined data of all traces of one shape. */
export interface ShapeTotals {
  shape: Shape;
  /** The times of all traces, joined by `|`. */
  times: string;
  /** Earliest start and latest end, epoch seconds. */
  first: number;
  last: number;
}

/** The maximum number of nodes on AWS's service map. */
const MAX_NODES = 10_000;

interface Part {
  first: number;
  last: number;
  statistics: Statistics;
}

interface Node extends Part {
  id: ServiceId;
  key: string;
  root: boolean;
  edges: Map<Node, Part>;
}

/** Builds the service graph, one shape at a time. */
export class ServiceGraph {
  private readonly nodes = new Map<string, Node>();
  /** Calls from outside to the traces' entry points. */
  private readonly clients = new Map<Node, Part>();

  add({ shape, times, first, last }: ShapeTotals): void {
    const parts = this.parts(shape, first, last);
    scanTimes(times, (variant, microseconds) => {
      const part = parts[variant];
      if (part) for (const statistics of part.statistics) statistics.add(part.flags, microseconds);
    });
  }

  /** Adds many traces of one shape from a stored total. */
  addTotals(shape: Shape, times: TimeTotals, first: number, last: number): void {
    const parts = this.parts(shape, first, last);
    times.variants.forEach((durations, variant) => {
      const part = parts[variant];
      if (part) for (const statistics of part.statistics) statistics.addAll(part.flags, durations);
    });
  }

  /** The statistics to which each variant of a shape contributes. */
  private parts(
    shape: Shape,
    first: number,
    last: number,
  ): { statistics: Statistics[]; flags: number }[] {
    const parts: { statistics: Statistics[]; flags: number }[] = [];
    const widen = (part: Part) => {
      part.first = Math.min(part.first, first);
      part.last = Math.max(part.last, last);
    };
    const nodes = shape.nodes.map((each) => {
      const node = this.node(each);
      if (node) widen(node);
      for (const { flags } of each.variants) {
        const statistics = node ? [node.statistics] : [];
        if (node && flags & ROOT) {
          node.root = true;
          const client = partOf(this.clients, node);
          widen(client);
          statistics.push(client.statistics);
        }
        parts.push({ statistics, flags });
      }
      return node;
    });
    for (const { from, to, variants } of shape.edges) {
      const caller = nodes[from];
      const callee = nodes[to];
      const edge = caller && callee && partOf(caller.edges, callee);
      if (edge) widen(edge);
      for (const { flags } of variants)
        parts.push({ statistics: edge ? [edge.statistics] : [], flags });
    }
    return parts;
  }

  private node(node: ShapeNode): Node | undefined {
    const key = JSON.stringify([node.name, node.type, node.account]);
    let found = this.nodes.get(key);
    if (!found && this.nodes.size < MAX_NODES) {
      found = { ...newPart(), id: serviceId(node), key, root: false, edges: new Map() };
      this.nodes.set(key, found);
    }
    return found;
  }

  /**
   * The nodes in the order of the API: the client first, then the entry points, then the others by
   * name.
   */
  services(): GraphService[] {
    const sorted = [...this.nodes.values()].sort(
      (a, b) => Number(b.root) - Number(a.root) || (a.key < b.key ? -1 : 1),
    );
    const offset = this.clients.size > 0 ? 1 : 0;
    const references = new Map(sorted.map((node, at) => [node, at + offset]));
    const edgesOf = (edges: Map<Node, Part>) =>
      [...edges]
        .map(([to, edge]) => edgeOf(references.get(to)!, edge))
        .sort((a, b) => a.ReferenceId - b.ReferenceId);
    const services = sorted.map((node) =>
      serviceOf(node, references.get(node)!, edgesOf(node.edges)),
    );
    return offset === 0 ? services : [this.client(edgesOf(this.clients)), ...services];
  }

  private client(edges: GraphEdge[]): GraphService {
    return {
      ReferenceId: 0,
      Name: 'client',
      Names: ['client'],
      Type: 'client',
      State: 'unknown',
      StartTime: Math.min(...edges.map(({ StartTime }) => StartTime)),
      EndTime: Math.max(...edges.map(({ EndTime }) => EndTime)),
      Edges: edges,
    };
  }
}

function newPart(): Part {
  return { first: Infinity, last: -Infinity, statistics: new Statistics() };
}

function partOf(parts: Map<Node, Part>, node: Node): Part {
  let part = parts.get(node);
  if (!part) parts.set(node, (part = newPart()));
  return part;
}

function edgeOf(reference: number, { first, last, statistics }: Part): GraphEdge {
  return {
    ReferenceId: reference,
    StartTime: first,
    EndTime: last,
    SummaryStatistics: statistics.toSummary(),
    ResponseTimeHistogram: statistics.toHistogram(),
    Aliases: [],
  };
}

function serviceOf(node: Node, reference: number, edges: GraphEdge[]): GraphService {
  const histogram = node.statistics.toHistogram();
  return {
    ReferenceId: reference,
    ...node.id,
    ...(node.root && { Root: true }),
    State: 'active',
    StartTime: node.first,
    EndTime: node.last,
    Edges: edges,
    SummaryStatistics: node.statistics.toSummary(),
    DurationHistogram: histogram,
    ResponseTimeHistogram: histogram,
  };
}
