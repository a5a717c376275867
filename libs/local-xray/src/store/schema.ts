/**
 * The tables of the database, as a list of migrations. A released entry is never changed: every
 * change of the schema is a new entry.
 *
 * Guarantees for the queries:
 * - `traces`: one row per trace, updated with every write. `n` is its number, in order of arrival;
 *   `id` is its trace id.
 *   - Times in epoch seconds, durations in seconds.
 *   - `flags`: 1 fault, 2 error, 4 throttle (of the trace, as in its summary), 8 partial; 16 fault, 32 error of
 *     any part of it.
 *   - `service`, `status`, `method`, `url`, `user_agent`, `client_ip` and `route` (or the pattern of its message)
 *     are those of the root, and NULL if it has none. `route` is NULL in traces that were stored before it existed.
 *   - `users` is NULL or a JSON array of the distinct users of the segments.
 *   - `shape` refers to `shapes`: the nodes and edges of the trace without numbers. `times` contains
 *     the numbers for that shape, comma-separated, in an order that the trace model defines.
 *   - `summary` is the X-Ray API's TraceSummary as JSON.
 * - `annotations`: key, value, start and number of the trace. Values keep their type: text,
 *   number (REAL or INTEGER), boolean (blob x'00' or x'01'), so that values of different types never compare
 *   equal. SQLite sorts numbers before text before blobs: a numeric range needs `value > ? AND value < ''`.
 * - `traces.bin` is the bin of the duration, see aggregates/bins.ts. NULL for a trace that was stored before there were
 *   aggregates and has not been counted since. `hint` is NULL, or the kind and title of its costliest hint as JSON.
 *   Lists are sorted by `outcome` (severity, then status) and `hint_text` (the hint or '').
 * - `facets`: routes, hints, statements, exceptions and versions that traces can share, see aggregates/facets.ts.
 *   `first` is the start of the trace in which each was first seen.
 * - `occurrences`: which trace has which facet, on which route, how often and for how long, with one row for each bin.
 * - `aggregates`: the sums of the occurrences of the minute (step 60) that begins at `at`. The sums of the traces
 *   themselves have kind 0 and facet 0.
 * - `packed_aggregates`: the same of ten minutes (step 600) and two hours (7,200), as the bytes of aggregates/packed.ts.
 *   A period has either a row for every kind, or none; then its minutes must be read.
 * - `totals`: for the traces that started in the minute (period 60), hour (3600) or day (86400) that begins at `start`
 *   (epoch seconds) and that share a shape and an outcome (`flags` & 7): how many, the earliest start, the latest end,
 *   and the times of their parts (trace/time-totals.ts). Minutes are updated with every write. Hours and days that
 *   `added_up` lists are complete; all others have no rows.
 * - `logs`: log lines as JSON, see TraceLogLine in console-api.ts, under the id of their trace, which may not exist.
 *   `log_traces` has a row for each such id: when its first line arrived, how much is kept, how many were dropped.
 * - `links`: which traces link to which. `target` is the id of the trace linked to, which may not exist; `trace` is the
 *   number of the trace that links to it. Links of traces stored before this table existed are missing.
 * - `documents`: the documents as they were received, one row per (trace, id).
 * - `unwritten`: traces whose row, if it exists, does not include their latest documents yet.
 *
 * Write `(flags & 7) <> 0` literally, so that SQLite uses the partial index.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE shapes (
    n INTEGER PRIMARY KEY,
    body TEXT NOT NULL UNIQUE
  ) STRICT;

  CREATE TABLE traces (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    created REAL NOT NULL,
    start REAL NOT NULL,
    "end" REAL NOT NULL,
    duration REAL NOT NULL,
    response_time REAL,
    flags INTEGER NOT NULL,
    service TEXT NOT NULL,
    status INTEGER,
    method TEXT,
    url TEXT,
    user_agent TEXT,
    client_ip TEXT,
    users TEXT,
    segments INTEGER NOT NULL,
    subsegments INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    shape INTEGER NOT NULL,
    times TEXT NOT NULL,
    summary TEXT NOT NULL
  ) STRICT;
  -- All that graphs, counts and conditions on nodes read: they never touch the rows, which are large.
  CREATE INDEX traces_start ON traces (start, "end", flags, shape, times, response_time, duration, status);
  CREATE INDEX traces_end ON traces ("end");
  CREATE INDEX traces_bad ON traces (start) WHERE (flags & 7) <> 0;
  CREATE INDEX traces_shape ON traces (shape, start);

  CREATE TABLE annotations (
    key TEXT NOT NULL,
    value NOT NULL,
    start REAL NOT NULL,
    trace INTEGER NOT NULL,
    PRIMARY KEY (key, value, start, trace)
  ) WITHOUT ROWID;

  CREATE TABLE documents (
    n INTEGER PRIMARY KEY,
    trace INTEGER NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX documents_trace_id ON documents (trace, id);

  -- Groups, sampling rules, tags and the like: few, read whole at the start, written through.
  CREATE TABLE settings (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, name)
  ) WITHOUT ROWID, STRICT;

  CREATE TABLE sampling_statistics (
    rule TEXT NOT NULL,
    client TEXT NOT NULL,
    at REAL NOT NULL,
    requests INTEGER NOT NULL,
    sampled INTEGER NOT NULL,
    borrowed INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX sampling_statistics_at ON sampling_statistics (at);
  `,
  `
  ALTER TABLE traces ADD COLUMN bin INTEGER;
  ALTER TABLE traces ADD COLUMN hint TEXT;
  CREATE INDEX traces_uncounted ON traces (n) WHERE bin IS NULL;

  CREATE TABLE facets (
    n INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    first REAL NOT NULL
  ) STRICT;
  CREATE INDEX facets_name ON facets (kind, name);

  CREATE TABLE occurrences (
    trace INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    facet INTEGER NOT NULL,
    route INTEGER NOT NULL,
    bin INTEGER NOT NULL,
    start REAL NOT NULL,
    count INTEGER NOT NULL,
    seconds REAL NOT NULL,
    fault INTEGER NOT NULL,
    error INTEGER NOT NULL,
    throttle INTEGER NOT NULL,
    traces INTEGER NOT NULL,
    PRIMARY KEY (trace, kind, facet, route, bin)
  ) WITHOUT ROWID, STRICT;
  CREATE INDEX occurrences_facet ON occurrences (facet, start, traces);

  CREATE TABLE aggregates (
    kind INTEGER NOT NULL,
    step INTEGER NOT NULL,
    at INTEGER NOT NULL,
    facet INTEGER NOT NULL,
    route INTEGER NOT NULL,
    bin INTEGER NOT NULL,
    count INTEGER NOT NULL,
    seconds REAL NOT NULL,
    fault INTEGER NOT NULL,
    error INTEGER NOT NULL,
    throttle INTEGER NOT NULL,
    traces INTEGER NOT NULL,
    PRIMARY KEY (kind, step, at, facet, route, bin)
  ) WITHOUT ROWID, STRICT;
  `,
  `
  CREATE TABLE totals (
    period INTEGER NOT NULL,
    start INTEGER NOT NULL,
    shape INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    traces INTEGER NOT NULL,
    first REAL NOT NULL,
    last REAL NOT NULL,
    times TEXT NOT NULL,
    PRIMARY KEY (period, start, shape, flags)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE added_up (
    period INTEGER NOT NULL,
    start INTEGER NOT NULL,
    PRIMARY KEY (period, start)
  ) WITHOUT ROWID, STRICT;
  `,
  `
  ALTER TABLE traces ADD COLUMN outcome INTEGER NOT NULL AS (
    CASE WHEN flags & 1 THEN 3000 WHEN flags & 4 THEN 2000 WHEN flags & 2 THEN 1000 ELSE 0 END + ifnull(status, 0)
  ) VIRTUAL;
  ALTER TABLE traces ADD COLUMN hint_text TEXT NOT NULL AS (ifnull(hint, '')) VIRTUAL;
  DROP INDEX traces_start;
  DROP INDEX traces_bad;
  -- All that graphs, counts and conditions on nodes read: they never touch the rows, which are large.
  CREATE INDEX traces_time ON traces (start, n, "end", flags, shape, times, response_time, duration, status);
  CREATE INDEX traces_trouble ON traces (start, n, flags, shape, duration) WHERE (flags & 7) <> 0;
  -- For lists in another order than that of time.
  CREATE INDEX traces_duration ON traces (duration, n, start, flags, shape);
  CREATE INDEX traces_outcome ON traces (outcome, n, start, flags, shape);
  CREATE INDEX traces_hint ON traces (hint_text, n, start, flags, shape);
  `,
  `
  CREATE TABLE logs (
    n INTEGER PRIMARY KEY,
    trace TEXT NOT NULL,
    time REAL NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX logs_trace ON logs (trace, time);
  CREATE TABLE log_traces (
    trace TEXT PRIMARY KEY,
    came REAL NOT NULL,
    lines INTEGER NOT NULL,
    characters INTEGER NOT NULL,
    dropped INTEGER NOT NULL
  ) WITHOUT ROWID, STRICT;
  CREATE INDEX log_traces_came ON log_traces (came);
  `,
  `
  CREATE TABLE unwritten (
    trace INTEGER PRIMARY KEY,
    id TEXT NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE links (
    target TEXT NOT NULL,
    trace INTEGER NOT NULL,
    PRIMARY KEY (target, trace)
  ) WITHOUT ROWID, STRICT;
  CREATE INDEX links_trace ON links (trace);
  `,
  `
  ALTER TABLE traces ADD COLUMN route TEXT;
  `,
  `
  DELETE FROM aggregates WHERE step <> 60;
  CREATE TABLE packed_aggregates (
    kind INTEGER NOT NULL,
    step INTEGER NOT NULL,
    at INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (kind, step, at)
  ) STRICT;
  `,
];

/** "XRay" in ASCII. Marks the file as ours, so that another program's database is never changed. */
export const APPLICATION_ID = 0x58526179;

/** Bits of `traces.flags`. */
export const FAULT = 1;
export const ERROR = 2;
export const THROTTLE = 4;
export const PARTIAL = 8;
