import { idsInText } from '@nestjs-xray/trace';
import type { FoundTraces } from 'local-xray/console-api';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { Failure, Skeleton } from '../../components/load-state';
import type { TraceView } from '../../model/address';
import { navigate, traceHref } from '../../router';
import { missingWords } from './found-trace';
import loadState from '../../components/load-state.module.css';

/** Whether an address needs no search: it contains an id in X-Ray's form, or nothing that could be an id. */
export function isPlain(id: string): boolean {
  const { traces, spans } = idsInText(id);
  return traces[0] === id || (traces.length === 0 && spans.length === 0);
}

/** Redirects an address with another form of id (W3C, a header, a span) to the address of the trace. */
export function OpenTrace({
  text,
  view,
}: {
  text: string;
  view?: TraceView | undefined;
}): JSX.Element {
  const [failed, setFailed] = useState<{ found?: FoundTraces; error?: Error }>();
  useEffect(() => {
    const abort = new AbortController();
    setFailed(undefined);
    api.find(text.slice(0, 2_000), abort.signal).then(
      (found) => {
        const [first] = found.traces;
        // If the trace has not arrived yet, its page shows it as soon as it does.
        const id = first?.row.id ?? found.named[0];
        const select = first?.segment ?? new URLSearchParams(location.search).get('select');
        if (id === undefined) setFailed({ found });
        else navigate(traceHref(id, view, { select: select ?? undefined }), { replace: true });
      },
      (error: Error) => !abort.signal.aborted && setFailed({ error }),
    );
    return () => abort.abort();
  }, [text]);
  if (failed?.error)
    return <Failure what="The trace could not be searched for" error={failed.error} />;
  if (failed?.found) return <NotFound>{missingWords(failed.found)}</NotFound>;
  return <Skeleton label="Searching for the trace…" />;
}

function NotFound({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <div class={loadState.message}>
      <h1>No such trace</h1>
      <p class="t2">
        {children} <a href="/traces">Go to the traces</a>
      </p>
    </div>
  );
}
