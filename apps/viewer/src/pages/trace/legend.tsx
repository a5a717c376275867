import type { JSX } from 'preact';
import style from './legend.module.css';

const KEYS: [string[], string][] = [
  [['j', 'k'], 'row'],
  [['n', 'N'], 'fault'],
  [['←', '→'], 'fold'],
  [['[', ']'], 'level'],
  [['/'], 'search'],
  [['w', 's'], 'zoom'],
  [['?'], 'all keys'],
];

const LOG_KEYS: typeof KEYS = [
  [['h'], 'logs'],
  [[',', '.'], 'log line'],
];

/** The keys, and the meaning of the bars. */
export function Legend({ logs }: { logs: boolean }): JSX.Element {
  return (
    <div class={style.legend}>
      {(logs ? [...KEYS, ...LOG_KEYS] : KEYS).map(([keys, what]) => (
        <span key={what}>
          {keys.map((key) => (
            <>
              <kbd>{key}</kbd>{' '}
            </>
          ))}
          {what}
        </span>
      ))}
      <span class="sp" />
      {(
        [
          ['own', 'own code'],
          ['sql', 'database'],
          ['call', 'outgoing call'],
          ['half', 'self, in children'],
          ['line', 'critical path'],
          ['sent', 'response sent'],
        ] as const
      ).map(([kind, words]) => (
        <span key={kind} class={`${style.item} ${style.wideOnly}`}>
          <i class={`${style.swatch} ${style[kind]}`} />
          {words}
        </span>
      ))}
    </div>
  );
}
