const whole = (value) => Math.round(value).toLocaleString('en');
const range = ({ median, low, high }, digits = 0) =>
  `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;

/** A table in Markdown. The first column is text, the others are numbers. */
function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map((_, column) => (column ? '---:' : '---'))),
    ...rows.map(line),
  ].join('\n');
}

const label = ({ title, ours, reference }) =>
  ours ? `**${title}**` : reference ? `_${title}_` : title;

/** µs of CPU over untraced on each Node. The other columns are from the first one. */
export function requestTable({ nodes }) {
  const [first, ...others] = nodes;
  return table(
    [
      'tracer',
      ...nodes.map(({ version }) => `µs over untraced, Node ${version.slice(1)}`),
      'capacity',
      'RSS, MB',
      'lost',
    ],
    first.rows.map((row) => [
      label(row),
      ...nodes.map(({ rows }) => {
        const same = rows.find(({ name }) => name === row.name);
        if (!same) return '';
        return row.name.startsWith('untraced')
          ? `(${same.micros.median.toFixed(0)} in all)`
          : range(same.over);
      }),
      row.capacity.toFixed(2),
      row.rssMb.toFixed(0),
      String(
        [first, ...others].reduce(
          (sum, { rows }) => sum + (rows.find(({ name }) => name === row.name)?.lost ?? 0),
          0,
        ),
      ),
    ]),
  );
}

const KINDS = ['async', 'sync', 'observable'];

/** ns and bytes of a call on one Node. */
export function callTable({ rows }) {
  return table(
    ['method', ...KINDS.map((kind) => `${kind}, ns`), ...KINDS.map((kind) => `${kind}, bytes`)],
    rows.map((row) => [
      label(row),
      ...KINDS.map((kind) => (row.kinds[kind] ? range(row.kinds[kind].nanos) : '')),
      ...KINDS.map((kind) => (row.kinds[kind] ? whole(row.kinds[kind].bytes) : '')),
    ]),
  );
}

export function documentTable({ rows }) {
  return table(
    ['document', 'sent by', 'µs', 'datagrams', 'bytes'],
    rows.map(({ shape, name, micros, datagrams, bytes }) => [
      shape,
      name,
      range(micros),
      datagrams.toFixed(datagrams % 1 ? 1 : 0),
      whole(bytes),
    ]),
  );
}

/** CPU and heap needed to start a tracer, by Node, and the packages it loads. */
export function startUpTable({ nodes }) {
  const [first] = nodes;
  return table(
    [
      'tracer',
      ...nodes.map(({ version }) => `ms of CPU, Node ${version.slice(1)}`),
      'heap, MB',
      'packages loaded besides Nest',
    ],
    first.rows.map((row) => [
      label(row),
      ...nodes.map(({ rows }) => range(rows.find(({ name }) => name === row.name).cpuMs)),
      row.heapMb.median.toFixed(1),
      String(row.packages.length),
    ]),
  );
}

/** CPU of a cold start of a bundled Lambda function without the toolkit, and what the toolkit adds. */
export function lambdaTable({ nodes }) {
  return table(
    ['Node', 'without tracing, ms of CPU', 'added by nestjs-xray', 'added to the bundle, kB'],
    nodes.map(({ version, rows: [{ untracedMs, addedMs, addedBytes }] }) => [
      version.slice(1),
      range(untracedMs),
      range(addedMs),
      whole(addedBytes / 1000),
    ]),
  );
}

export function memoryTable({ rows }) {
  return table(
    ['variant', 'requests', 'RSS, MB', 'heap, MB', 'heap grown in the second half, MB', 'lost'],
    rows.map(({ title, requests, rssMb, heapMb, grownMb, lost }) => [
      title,
      whole(requests),
      rssMb.toFixed(0),
      heapMb.toFixed(1),
      grownMb.toFixed(2),
      String(lost),
    ]),
  );
}

/** Ingest, queries and retention of local X-Ray. */
export function localXrayTables({ result: { udp, http, queries, retention, ...otlp } }) {
  const ms = (value) => `${value} ms`;
  const ingest = [
    ...udp.map((row) => [
      `UDP, ${whole(row.rate)} documents a second offered`,
      `${whole(row.sentPerSecond)} a second, ${row.lossPercent} % lost`,
      ms(row.eventLoopP99Ms),
      String(row.memoryMb),
    ]),
    [
      `HTTP, batches of 50, documents of ${whole(http.documentBytes)} bytes`,
      `${whole(http.documentsPerSecond)} a second, ${whole(http.rejected)} rejected`,
      ms(http.eventLoopP99Ms),
      String(http.memoryMb),
    ],
    ...[
      ['OTLP/HTTP', otlp.otlpHttp],
      ['OTLP/gRPC', otlp.otlpGrpc],
    ]
      // Older results do not contain these.
      .filter(([, row]) => row)
      .map(([name, row]) => [
        `${name}, exports of 50, spans of ${whole(row.spanBytes)} bytes`,
        `${whole(row.spansPerSecond)} a second, ${whole(row.rejected)} rejected`,
        ms(row.eventLoopP99Ms),
        String(row.memoryMb),
      ]),
  ];
  const tables = [
    table(['ingest', 'taken', 'event loop delay, p99', 'RSS, MB'], ingest),
    table(
      ['query', 'hits', 'p50, ms', 'p95, ms'],
      queries.results.map(({ name, hits, p50, p95 }) => [
        name,
        whole(hits ?? 0),
        String(p50),
        String(p95),
      ]),
    ),
  ];
  if (retention) {
    tables.push(
      `Deleting the oldest traces by size while documents arrive (${whole(retention.before)} to ` +
        `${whole(retention.after)} traces): a batch waited ${retention.putP50Ms} ms in the median, ` +
        `${retention.putMaxMs} ms at most.`,
    );
  }
  return tables.join('\n\n');
}

/** Opening and scrolling the console's page. */
export function viewerTable({ result: { size, trace, list, limits, chromium } }) {
  const row = (what, { openMs, scroll }) => [
    what,
    `${openMs} (limit ${limits.openMs})`,
    `${scroll.longestFrameMs} (limit ${limits.frameMs})`,
  ];
  return [
    table(
      ['page', 'opens in, ms', 'longest frame while scrolling, ms'],
      [
        row(`a trace of ${whole(trace.subsegments)} subsegments`, trace),
        row(`the list of ${whole(list.traces)} traces`, list),
      ],
    ),
    `The page is ${(size.gzipBytes / 1000).toFixed(1)} kB gzipped, limit ${limits.gzipBytes / 1000}. Chromium ${chromium}.`,
  ].join('\n\n');
}
