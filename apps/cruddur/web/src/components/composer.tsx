import { useId, useState } from 'preact/hooks';
import { explain } from '../words';

const TTLS = ['30-days', '7-days', '3-days', '1-day', '12-hours', '3-hours', '1-hour'];

interface Props {
  label: string;
  action: string;
  maxChars: number;
  /** Whether to ask how long it should stay. */
  expires?: boolean;
  send: (message: string, ttl: string) => Promise<unknown>;
  sent: () => void;
}

/** A field to write in. The API decides what is too long or blank: a refusal has a trace, too. */
export function Composer({ label, action, maxChars, expires, send, sent }: Props) {
  const id = useId();
  const [message, setMessage] = useState('');
  const [ttl, setTtl] = useState('7-days');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState('');
  const left = maxChars - [...message].length;

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    try {
      await send(message, ttl);
      setMessage('');
      setRefusal('');
      sent();
    } catch (error) {
      setRefusal(explain(error));
    }
    setBusy(false);
  };

  return (
    <form class="composer" onSubmit={(event) => void submit(event)}>
      <label for={id}>{label}</label>
      <textarea
        id={id}
        rows={expires ? 2 : 1}
        value={message}
        aria-invalid={refusal !== ''}
        aria-describedby={`${id}-refusal`}
        onInput={(event) => setMessage(event.currentTarget.value)}
      />
      <div class="bar">
        <span id={`${id}-refusal`} class="refusal" role="status">
          {refusal}
        </span>
        <span class={left < 0 ? 'left over' : 'left'}>{left}</span>
        {expires && (
          <select
            aria-label="Stays for"
            value={ttl}
            onChange={(event) => setTtl(event.currentTarget.value)}
          >
            {TTLS.map((choice) => (
              <option key={choice} value={choice}>
                {choice.replace('-', ' ')}
              </option>
            ))}
          </select>
        )}
        <button type="submit" class="primary" aria-disabled={busy}>
          {action}
        </button>
      </div>
    </form>
  );
}
