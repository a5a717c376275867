import type { Exchange } from '../api';

/** Every request that the page made, newest first, each with a link to its trace. */
export function Rail({ exchanges }: { exchanges: Exchange[] }) {
  const viewer = exchanges.find(({ traceUrl }) => traceUrl !== undefined)?.traceUrl;
  return (
    <aside class="rail" aria-labelledby="rail-title">
      <header>
        <h2 id="rail-title">Traces of what you did</h2>
        {viewer !== undefined && (
          <a href={new URL('/', viewer).href} target="_blank" rel="noreferrer">
            All traces
          </a>
        )}
      </header>
      {exchanges.length === 0 && <p class="nothing">None yet.</p>}
      <ol aria-live="polite" aria-relevant="additions">
        {exchanges.map((exchange) => (
          <li key={exchange.number}>
            <Row exchange={exchange} />
          </li>
        ))}
      </ol>
    </aside>
  );
}

function Row({
  exchange: { method, path, status, milliseconds, traceUrl },
}: {
  exchange: Exchange;
}) {
  const outcome = outcomeOf(status);
  const row = (
    <>
      <span class="what">
        <b>{method}</b> {decodeURI(`/api/activities${path}`)}
      </span>
      <span class={`status ${outcome}`}>
        <Glyph outcome={outcome} />
        {status === 0 ? 'no answer' : status}
      </span>
      <span class="ms">{milliseconds.toFixed(0)} ms</span>
      <span class="go">{traceUrl === undefined ? 'no trace' : 'Trace'}</span>
    </>
  );
  return traceUrl === undefined ? (
    <span class="row">{row}</span>
  ) : (
    <a class="row" href={traceUrl} target="_blank" rel="noreferrer">
      {row}
    </a>
  );
}

type Outcome = 'ok' | 'error' | 'fault';

/** In X-Ray's words: 4xx is an error, 5xx and no answer a fault. */
function outcomeOf(status: number): Outcome {
  if (status >= 500 || status === 0) return 'fault';
  return status >= 400 ? 'error' : 'ok';
}

/** Shapes as in the viewer, so that colour is never all there is. */
function Glyph({ outcome }: { outcome: Outcome }) {
  return (
    <svg viewBox="0 0 12 12" role="img" aria-label={outcome}>
      {outcome === 'ok' && (
        <circle cx="6" cy="6" r="3.25" fill="none" stroke="currentColor" stroke-width="1.5" />
      )}
      {outcome === 'error' && <path d="M6 1 11.5 11H.5z" fill="currentColor" />}
      {outcome === 'fault' && <path d="M6 0l6 6-6 6-6-6z" fill="currentColor" />}
    </svg>
  );
}
