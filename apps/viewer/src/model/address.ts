import { carried } from './carried';

export type PageName =
  | 'routes'
  | 'errors'
  | 'queries'
  | 'traces'
  | 'trace'
  | 'map'
  | 'compare'
  | 'sampling'
  | 'flame'
  | 'statistics'
  | 'trace-map';

/** The parsed address: the page, the trace that it shows, and its state. */
export interface Route {
  page: PageName | 'unknown';
  /** Id of the trace. Empty on pages that do not show a single trace. */
  id: string;
  query: URLSearchParams;
}

const PAGES = ['routes', 'errors', 'queries', 'map', 'compare', 'sampling'] as const;

/** The part after the id in the address of a trace. */
export type TraceView = 'flame' | 'statistics' | 'map';

const TRACE_VIEWS: Record<TraceView, PageName> = {
  flame: 'flame',
  statistics: 'statistics',
  map: 'trace-map',
};

/** Parses an address such as `/traces/1-…/flame?select=…`. */
export function parseRoute(pathname: string, search: string): Route {
  const query = new URLSearchParams(search);
  const [first, id = '', view, ...more] = pathname.split('/').filter(Boolean).map(decode);
  const route = (page: Route['page'], trace = ''): Route => ({ page, id: trace, query });
  if (more.length) return route('unknown');
  if (first === undefined) return route('routes');
  if (first === 'traces' && !id) return route('traces');
  if (first === 'traces') {
    return view === undefined
      ? route('trace', id)
      : route(TRACE_VIEWS[view as TraceView] ?? 'unknown', id);
  }
  const page = PAGES.find((each) => each === first);
  if (page && !id) return route(page);
  return route('unknown');
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The view of a trace that a page shows. Undefined for the waterfall. */
export function viewOf(page: PageName): TraceView | undefined {
  return (Object.keys(TRACE_VIEWS) as TraceView[]).find((view) => TRACE_VIEWS[view] === page);
}

/** The address of a trace, or of one of its other views. */
export function traceHref(id: string, view?: TraceView, query?: Query): string {
  if (carried) return `?${new URLSearchParams({ view: view ?? '' }).toString()}`;
  return href(`/traces/${encodeURIComponent(id)}${view ? `/${view}` : ''}`, query);
}

export type Query = Record<string, string | number | boolean | undefined>;

/** An address with those parts of `query` that are neither empty nor false. */
export function href(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '' && value !== false) search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}
