import type { JSX, RefObject } from 'preact';
import type { SamplingRuleRow } from 'local-xray/console-api';
import style from './sampling.module.css';

type Field = 'service' | 'method' | 'host' | 'path';

const FIELDS: { name: Field; label: string; example: string }[] = [
  { name: 'method', label: 'Method', example: 'POST' },
  { name: 'path', label: 'Path', example: '/api/activities' },
  { name: 'service', label: 'Service', example: 'backend-nest' },
  { name: 'host', label: 'Host', example: 'localhost:4567' },
];

/** Shows which rule applies to a request that the user describes. */
export function Tester({
  query,
  first,
  taker,
  asked,
  onChange,
}: {
  query: Record<Field, string>;
  first: RefObject<HTMLInputElement | null>;
  taker: SamplingRuleRow | undefined;
  asked: boolean;
  onChange: (change: Partial<Record<Field, string>>) => void;
}): JSX.Element {
  return (
    <section>
      <h2>Which rule matches a request?</h2>
      <div class={style.request}>
        {FIELDS.map(({ name, label, example }) => (
          <label key={name} class={style[name]}>
            <span class="t2">{label}</span>
            <span class="field">
              <input
                ref={name === 'method' ? first : undefined}
                value={query[name]}
                placeholder={example}
                spellcheck={false}
                autocomplete="off"
                onInput={(event) => onChange({ [name]: event.currentTarget.value })}
                onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
              />
            </span>
          </label>
        ))}
      </div>
      <p role="status" class={style.answer}>
        {!asked ? (
          <span class="t3">Empty fields match every rule.</span>
        ) : taker ? (
          <>
            <b>
              <bdi>{taker.name}</bdi>
            </b>{' '}
            applies: {taker.reservoirSize} a second, then {percent(taker.fixedRate)} of the rest.
          </>
        ) : (
          'No rule matches: the request is not traced.'
        )}
      </p>
    </section>
  );
}

/** A rate of 0 to 1: 5 %, 0.5 %, 100 %. */
export function percent(rate: number): string {
  return `${Number((rate * 100).toFixed(2))} %`;
}
