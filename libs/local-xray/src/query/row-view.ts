import type { FacetKind } from '../aggregates/facets';
import type { TraceView } from './filter-evaluate';
import type { QueryDatabase } from './query-database';
import type { ShapeCache } from './shape-cache';
import type { TraceSummary } from '../trace/summary.types';
import { buildTraceModel, type TraceModel } from '../trace/trace-model';
import { timesOf, type Shape, type TimesOf } from '../trace/trace-shape';
import type { AnyDocument } from '../trace/trace-tree';

interface Columns {
  flags: number;
  duration: number;
  response_time: number | null;
  status: number | null;
  method: string | null;
  url: string | null;
  user_agent: string | null;
  client_ip: string | null;
  users: string | null;
}

const COLUMNS = 'flags, duration, response_time, status, method, url, user_agent, client_ip, users';
const GONE: Columns = {
  flags: 0,
  duration: 0,
  response_time: null,
  status: null,
  method: null,
  url: null,
  user_agent: null,
  client_ip: null,
  users: null,
};

/** A stored trace as filters read it. Only what they request is loaded. */
export class RowView implements TraceView {
  private columns: Columns | undefined;
  private parsed: TraceSummary | undefined;
  private built: TraceModel | undefined;

  constructor(
    private readonly database: QueryDatabase,
    private readonly shapes: ShapeCache,
    readonly n: number,
    private readonly shapeNumber: number,
    private readonly encodedTimes: string,
  ) {}

  get flags(): number {
    return this.row().flags;
  }
  get duration(): number {
    return this.row().duration;
  }
  get responseTime(): number | null {
    return this.row().response_time;
  }
  get status(): number | null {
    return this.row().status;
  }
  get method(): string | null {
    return this.row().method;
  }
  get url(): string | null {
    return this.row().url;
  }
  get userAgent(): string | null {
    return this.row().user_agent;
  }
  get clientIp(): string | null {
    return this.row().client_ip;
  }
  get users(): string[] {
    const { users } = this.row();
    return users === null ? [] : (JSON.parse(users) as string[]);
  }

  shape(): Shape {
    return this.shapes.get(this.shapeNumber);
  }

  times(): TimesOf {
    return timesOf(this.encodedTimes);
  }

  summary(): TraceSummary {
    if (this.parsed) return this.parsed;
    const [row] = this.all<{ summary: string }>('SELECT summary FROM traces WHERE n = ?');
    return (this.parsed = row ? (JSON.parse(row.summary) as TraceSummary) : NO_SUMMARY);
  }

  model(): TraceModel {
    if (this.built) return this.built;
    const rows = this.all<{ body: string }>(
      'SELECT body FROM documents WHERE trace = ? ORDER BY n',
    );
    return (this.built = buildTraceModel(rows.map(({ body }) => JSON.parse(body) as AnyDocument)));
  }

  facets(kind: FacetKind): string[] {
    return this.all<{ name: string }>(
      `SELECT f.name FROM occurrences AS o JOIN facets AS f ON f.n = o.facet
       WHERE o.trace = ? AND o.kind = ${kind}`,
    ).map(({ name }) => name);
  }

  private row(): Columns {
    return (this.columns ??=
      this.all<Columns>(`SELECT ${COLUMNS} FROM traces WHERE n = ?`)[0] ?? GONE);
  }

  private all<Row>(sql: string): Row[] {
    return this.database.prepare(sql).all<Row>([this.n]);
  }
}

/** For a trace that was deleted after it was found. */
const NO_SUMMARY: TraceSummary = {
  Id: '',
  StartTime: 0,
  Duration: 0,
  HasFault: false,
  HasError: false,
  HasThrottle: false,
  IsPartial: false,
  Annotations: {},
  Users: [],
  ServiceIds: [],
  ResourceARNs: [],
  InstanceIds: [],
  AvailabilityZones: [],
  FaultRootCauses: [],
  ErrorRootCauses: [],
  ResponseTimeRootCauses: [],
};
