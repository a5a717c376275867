// Queries on 100,000 stored traces: milliseconds measured at the client, p50 and p95 of 20 runs.
import { percentile, round } from './support.mjs';
import { seeded } from './seed.mjs';

const server = await seeded();
const memoryAtStart = Math.round(server.memory());
const list = await (await fetch(`${server.base}/console/traces?limit=1`)).json();
const end = list.rows[0].start + 60;
const window = { StartTime: end - 6 * 3600 - 120, EndTime: end };
const large = await server.post('/TraceSummaries', {
  ...window,
  FilterExpression: 'duration > 9',
});
const largeId = large.TraceSummaries.find((each) => each.Duration > 9)?.Id;

async function measure(name, work, runs = Number(process.env.RUNS ?? 20)) {
  const times = [];
  let hits;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    hits = await work();
    times.push(performance.now() - start);
  }
  return { name, hits, p50: percentile(times, 50), p95: percentile(times, 95) };
}

const all = async (FilterExpression) => {
  let hits = 0;
  let NextToken;
  do {
    const answer = await server.post('/TraceSummaries', { ...window, FilterExpression, NextToken });
    if (!answer.TraceSummaries) throw new Error(JSON.stringify(answer));
    hits += answer.TraceSummaries.length;
    NextToken = answer.NextToken;
  } while (NextToken);
  return hits;
};

const first = async (FilterExpression) =>
  (await server.post('/TraceSummaries', { ...window, FilterExpression })).TraceSummaries.length;

const results = [
  await measure('annotation and service, 100 hits', () =>
    all('annotation.rare = true AND service("shop")'),
  ),
  await measure('annotation and service, 3,300 hits, first page of 1,000', () =>
    first('annotation.tenant = "tenant-3" AND service("search")'),
  ),
  await measure('annotation and service, 3,300 hits, all four pages', () =>
    all('annotation.tenant = "tenant-3" AND service("search")'),
  ),
  await measure('fault, first page', () => first('fault AND annotation.rare = true')),
  await measure('fault, 1,000 hits', () => all('fault')),
  await measure(
    'service("shop") { fault } in the last 10 minutes',
    async () =>
      (
        await server.post('/TraceSummaries', {
          StartTime: end - 600,
          EndTime: end,
          FilterExpression: 'service("shop") { fault }',
        })
      ).TraceSummaries.length,
  ),
  await measure('http.url CONTAINS, none', () => all('http.url CONTAINS "/nowhere/"')),
  await measure('responsetime > 30, none', () => all('responsetime > 30')),
  await measure('service("shop") { responsetime > 30 }, none', () =>
    all('service("shop") { responsetime > 30 }'),
  ),
  await measure('service("shop") { responsetime > 2 }, all pages', () =>
    all('service("shop") { responsetime > 2 }'),
  ),
  await measure(
    'one trace of 1,000 segments',
    async () => (await server.post('/Traces', { TraceIds: [largeId] })).Traces[0]?.Segments.length,
  ),
  await measure(
    'service graph over all',
    async () => (await server.post('/ServiceGraph', window)).Services.length,
  ),
  await measure(
    'console list, 1,000 rows and counts',
    async () => (await (await fetch(`${server.base}/console/traces`)).json()).counts.total,
  ),
];
console.log(
  JSON.stringify({ results, memoryAtStart, memoryMb: Math.round(server.memory()) }, null, 1),
);
await server.stop({ keep: true });
