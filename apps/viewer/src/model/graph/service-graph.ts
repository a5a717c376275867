/**
 * Converts the responses of GetServiceGraph, GetTraceGraph and `GET /console/graph` to the nodes and edges of the map:
 * who called whom, how often, and with which outcome.
 * https://docs.aws.amazon.com/xray/latest/api/API_Service.html
 */

/** `{ Value: seconds, Count }`, as in X-Ray's histograms of response times. */
export interface HistogramEntry {
  Value?: number;
  Count?: number;
}

interface Statistics {
  OkCount?: number;
  ErrorStatistics?: { ThrottleCount?: number; OtherCount?: number; TotalCount?: number };
  FaultStatistics?: { OtherCount?: number; TotalCount?: number };
  TotalCount?: number;
  /** Seconds, summed over all calls. */
  TotalResponseTime?: number;
}

export interface GraphService {
  ReferenceId?: number;
  Name?: string;
  Root?: boolean;
  Type?: string;
  /** When it was first seen, in epoch seconds. */
  StartTime?: number;
  Edges?: {
    ReferenceId?: number;
    SummaryStatistics?: Statistics;
    ResponseTimeHistogram?: HistogramEntry[];
  }[];
  SummaryStatistics?: Statistics;
  ResponseTimeHistogram?: HistogramEntry[];
}

/** The response of the graph operations. Times are epoch seconds, and absent for a single trace. */
export interface ServiceGraph {
  StartTime?: number;
  EndTime?: number;
  Services?: GraphService[];
}

/** How many calls there were and how they ended. */
export interface Traffic {
  total: number;
  ok: number;
  /** Client errors other than throttles. */
  error: number;
  throttle: number;
  fault: number;
  /** Seconds, ascending. */
  histogram: { seconds: number; count: number }[];
}

export type NodeKind = 'client' | 'service' | 'database' | 'remote' | 'aws';

export interface MapNode {
  /** Type and name, so that a link to a node is still valid after a reload. */
  id: string;
  name: string;
  kind: NodeKind;
  /** The kind in words: `Service`, `PostgreSQL`, `Remote`, `AWS SNS`. */
  label: string;
  /** Whether it is known only from its callers, because it sent no segment. */
  inferred: boolean;
  type: string;
  traffic: Traffic;
}

export interface MapEdge {
  id: string;
  from: string;
  to: string;
  traffic: Traffic;
}

export interface ServiceMap {
  nodes: MapNode[];
  edges: MapEdge[];
  /** Length of the requested period; 0 if unknown, as for a single trace. */
  minutes: number;
}

export type Health = 'ok' | 'error' | 'throttle' | 'fault';

/** Types of the resources that run code and so send segments themselves. */
const RUNS_CODE =
  /^AWS::(EC2|ECS|EKS|ElasticBeanstalk|AppRunner|Lambda|StepFunctions|ApiGateway)(::|$)/;
const DATABASE = /database|sql|postgres|mysql|mariadb|oracle|mongo|redis|dynamodb|rds|elasticache/i;

export function toServiceMap(graph: ServiceGraph): ServiceMap {
  const services = graph.Services ?? [];
  const ids = new Map<number | undefined, string>();
  const taken = new Set<string>();
  const nodes = services.map((service) => {
    const node = toNode(service);
    // One id per node, also when two have the same type and name.
    for (let copy = 2; taken.has(node.id); copy++) node.id = `${idOf(service)}#${copy}`;
    taken.add(node.id);
    ids.set(service.ReferenceId, node.id);
    return node;
  });
  const edges = services.flatMap((service) =>
    (service.Edges ?? []).flatMap((edge) => {
      const from = ids.get(service.ReferenceId);
      const to = ids.get(edge.ReferenceId);
      if (from === undefined || to === undefined) return [];
      const traffic = toTraffic(edge.SummaryStatistics, edge.ResponseTimeHistogram);
      return [{ id: `${from}→${to}`, from, to, traffic }];
    }),
  );
  for (const node of nodes) if (node.kind === 'client') node.traffic = leaving(node.id, edges);
  // For "All time", begin with the first node seen.
  const first = graph.StartTime || Math.min(...services.map((each) => each.StartTime ?? Infinity));
  const seconds = (graph.EndTime ?? 0) - first;
  return { nodes, edges, minutes: Math.max(0, seconds) / 60 };
}

function toNode(service: GraphService): MapNode {
  const type = service.Type ?? '';
  const kind = kindOf(type);
  return {
    id: idOf(service),
    name: kind === 'client' ? 'Clients' : service.Name || '(no name)',
    kind,
    label: labelOf(kind, type),
    inferred: kind !== 'client' && kind !== 'service',
    type,
    traffic: toTraffic(service.SummaryStatistics, service.ResponseTimeHistogram),
  };
}

function idOf(service: GraphService): string {
  return `${service.Type ?? 'service'}:${service.Name ?? ''}`;
}

function kindOf(type: string): NodeKind {
  if (type === 'client') return 'client';
  if (type === '' || type === 'service' || RUNS_CODE.test(type)) return 'service';
  if (DATABASE.test(type)) return 'database';
  return type.startsWith('AWS::') ? 'aws' : 'remote';
}

function labelOf(kind: NodeKind, type: string): string {
  if (kind === 'client') return 'Client';
  if (kind === 'service') return 'Service';
  if (type.startsWith('AWS::')) return type.replace(/^AWS::/, 'AWS ').replace(/::/g, ' ');
  if (kind === 'database') return type.replace(/^Database::/, '').replace(/^SQL$/, 'SQL database');
  return 'Remote';
}

function toTraffic(statistics: Statistics = {}, bins: HistogramEntry[] = []): Traffic {
  const errors = statistics.ErrorStatistics ?? {};
  const throttle = errors.ThrottleCount ?? 0;
  return {
    total: statistics.TotalCount ?? 0,
    ok: statistics.OkCount ?? 0,
    error: errors.OtherCount ?? Math.max(0, (errors.TotalCount ?? 0) - throttle),
    throttle,
    fault: statistics.FaultStatistics?.TotalCount ?? 0,
    histogram: bins
      .map(({ Value = 0, Count = 0 }) => ({ seconds: Value, count: Count }))
      .sort((a, b) => a.seconds - b.seconds),
  };
}

/** X-Ray has no statistics for a client, so its traffic is that of its outgoing edges. */
function leaving(id: string, edges: MapEdge[]): Traffic {
  return sum(edges.filter((edge) => edge.from === id).map((edge) => edge.traffic));
}

function sum(parts: Traffic[]): Traffic {
  const add = (key: 'total' | 'ok' | 'error' | 'throttle' | 'fault') =>
    parts.reduce((total, part) => total + part[key], 0);
  return {
    total: add('total'),
    ok: add('ok'),
    error: add('error'),
    throttle: add('throttle'),
    fault: add('fault'),
    histogram: parts.flatMap((part) => part.histogram).sort((a, b) => a.seconds - b.seconds),
  };
}

/** The worst outcome, in X-Ray's order: fault, throttle, error. */
export function healthOf(traffic: Traffic): Health {
  if (traffic.fault > 0) return 'fault';
  if (traffic.throttle > 0) return 'throttle';
  return traffic.error > 0 ? 'error' : 'ok';
}

/** The percentile `p` (0 to 1) of the durations, in seconds. Undefined if there are no calls. */
export function percentile(traffic: Traffic, p: number): number | undefined {
  const total = traffic.histogram.reduce((count, bin) => count + bin.count, 0);
  let left = Math.max(1, Math.ceil(total * p));
  for (const bin of traffic.histogram) {
    left -= bin.count;
    if (left <= 0) return bin.seconds;
  }
  return undefined;
}

/**
 * The histogram in `columns` columns of equal ratio, because response times spread over several powers of ten. Empty if
 * there are no calls.
 */
export function logColumns(
  traffic: Traffic,
  columns: number,
): { from: number; to: number; count: number }[] {
  const bins = traffic.histogram.filter((bin) => bin.count > 0);
  if (bins.length === 0) return [];
  const floor = 1e-4; // 0.1 ms: faster calls are not distinguished.
  const at = (seconds: number) => Math.log(Math.max(floor, seconds));
  const low = at(bins[0]!.seconds);
  const high = Math.max(low + Math.log(1.2), at(bins[bins.length - 1]!.seconds));
  const step = (high - low) / columns;
  const result = Array.from({ length: columns }, (_, column) => ({
    from: Math.exp(low + column * step),
    to: Math.exp(low + (column + 1) * step),
    count: 0,
  }));
  for (const { seconds, count } of bins) {
    const column = Math.min(columns - 1, Math.floor((at(seconds) - low) / step));
    result[column]!.count += count;
  }
  return result;
}

/** Quotes a string for a filter expression. */
export function quoted(text: string): string {
  return `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`;
}

/** The filter expression for the traces of a node. With `health` other than `ok`, only those with that outcome. */
export function nodeFilter(node: MapNode, health: Health = 'ok', map?: ServiceMap): string {
  if (node.kind === 'client') {
    const targets = map?.edges.filter((edge) => edge.from === node.id).map((edge) => edge.to);
    const names = map?.nodes.filter(({ id }) => targets?.includes(id)).map(({ name }) => name);
    return (names ?? []).map((name) => serviceTerm(name, health)).join(' OR ');
  }
  return serviceTerm(node.name, health);
}

/** The filter expression for the traces that contain an edge. */
export function edgeFilter(from: MapNode, to: MapNode, health: Health = 'ok'): string {
  if (from.kind === 'client') return serviceTerm(to.name, health);
  return `edge(${quoted(from.name)}, ${quoted(to.name)})${health === 'ok' ? '' : ` { ${health} }`}`;
}

function serviceTerm(name: string, health: Health): string {
  return `service(${quoted(name)})${health === 'ok' ? '' : ` { ${health} }`}`;
}
