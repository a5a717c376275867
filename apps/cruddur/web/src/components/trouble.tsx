import { ApiError } from '../api';
import { explain } from '../words';

/** What went wrong, where its trace is, and another go. */
export function Trouble({ error, retry }: { error: unknown; retry: () => void }) {
  const exchange = error instanceof ApiError ? error.exchange : undefined;
  return (
    <div
      class={`trouble ${(exchange?.status ?? 500) < 500 && exchange?.status !== 0 ? 'error' : 'fault'}`}
      role="alert"
    >
      <p>{explain(error)}</p>
      <div>
        <button type="button" onClick={retry}>
          Try again
        </button>
        {exchange?.traceUrl !== undefined && (
          <a href={exchange.traceUrl} target="_blank" rel="noreferrer">
            See its trace
          </a>
        )}
      </div>
    </div>
  );
}
