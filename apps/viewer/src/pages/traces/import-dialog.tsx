import type { ImportResult } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import { Dialog } from '../../components/dialog';
import { plural } from '../../model/format';
import { navigate, traceHref } from '../../router';
import formStyle from '../../components/form.module.css';

/** Imports traces from a file or text: exported traces, the output of other tools, or segment documents. */
export function ImportDialog({ onClose }: { onClose: () => void }): JSX.Element {
  const [text, setText] = useState('');
  const [result, setResult] = useState<ImportResult>();
  const [problem, setProblem] = useState('');
  const send = async (json: string): Promise<void> => {
    setProblem('');
    setResult(undefined);
    try {
      const answer = await api.import(json);
      const [only] = answer.traces;
      if (answer.traces.length === 1 && only !== undefined && answer.rejected.length === 0) {
        onClose();
        navigate(traceHref(only));
      } else setResult(answer);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <Dialog title="Import traces" onClose={onClose}>
      <div class={formStyle.form}>
        <p class="t2">
          One or more traces from Export, segment documents, the output of aws xray
          batch-get-traces, OTLP/JSON, or the JSON of Jaeger, Zipkin, Tempo or Grafana. Several of
          them may stand in an array or one per line. Times are kept, so choose “All time” to see an
          old trace.
        </p>
        <label>
          A JSON file
          <input
            type="file"
            accept="application/json,.json,.jsonl,.ndjson"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              void file?.text().then(send);
            }}
          />
        </label>
        <label>
          Or JSON as text
          <textarea
            value={text}
            spellcheck={false}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        {problem && (
          <p class="s-fault" role="alert">
            {problem}
          </p>
        )}
        {result && (
          <div role="status">
            <p>
              {plural(result.traces.length, 'trace')} imported
              {result.rejected.length > 0 &&
                `, ${plural(result.rejected.length, 'document')} rejected`}
              .
            </p>
            <ul>
              {result.rejected.slice(0, 10).map((one, at) => (
                <li key={at}>
                  {one.id && <code>{one.id}</code>} {one.message}
                </li>
              ))}
            </ul>
          </div>
        )}
        <div class={formStyle.actions}>
          <span class="sp" />
          <button type="button" class="btn" onClick={onClose}>
            Close
          </button>
          <button
            type="button"
            class="btn pri"
            disabled={!text.trim()}
            onClick={() => void send(text)}
          >
            Import
          </button>
        </div>
      </div>
    </Dialog>
  );
}
