import type { ComponentChildren, JSX } from 'preact';
import { clock } from '../model/format';
import { openWord, type Status, type TraceTree } from '@nestjs-xray/trace';
import style from './status.module.css';

export type GlyphName = Status | 'below' | 'progress' | 'waiting' | 'note';

/** Shapes on a 12 px grid. Each status has its own, so that colour is never the only difference. */
const SHAPES: Record<GlyphName, JSX.Element> = {
  ok: <circle cx="6" cy="6" r="3.25" fill="none" stroke="currentColor" stroke-width="1.5" />,
  error: <path d="M6 1 11.5 11H.5z" />,
  throttle: (
    <path
      fill-rule="evenodd"
      d="M2 1h8a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H2a1 1 0 0 1-1-1V2a1 1 0 0 1 1-1zm1.75 2.5v5h1.5v-5zm3 0v5h1.5v-5z"
    />
  ),
  fault: (
    <path
      fill-rule="evenodd"
      d="M6 0l6 6-6 6-6-6zM4.3 3.5l-.8.8L5.2 6 3.5 7.7l.8.8L6 6.8l1.7 1.7.8-.8L6.8 6l1.7-1.7-.8-.8L6 5.2z"
    />
  ),
  note: <circle cx="6" cy="6" r="3.5" />,
  below: <path d="M6 .9 11.1 6 6 11.1.9 6z" fill="none" stroke="currentColor" stroke-width="1.5" />,
  progress: (
    <circle
      cx="6"
      cy="6"
      r="4.25"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-dasharray="17.5 9.2"
    />
  ),
  waiting: (
    <circle
      cx="6"
      cy="6"
      r="4.25"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-dasharray="2 1.82"
    />
  ),
};

/** A status as a shape. `label` is its text alternative. */
export function Glyph({ name, label }: { name: GlyphName; label?: string }): JSX.Element {
  return (
    <>
      <svg
        class={name === 'progress' ? `i ${style.spinning}` : 'i'}
        viewBox="0 0 12 12"
        aria-hidden="true"
      >
        {SHAPES[name]}
      </svg>
      {label !== undefined && <span class="vh">{label}</span>}
    </>
  );
}

/** The `s-…` class that colours a glyph. */
export function tone(name: GlyphName): string {
  if (name === 'below') return 's-fault';
  return name === 'waiting' ? 's-progress' : `s-${name}`;
}

/** A status as shape and text, as in the trace list: "◆ fault 500". */
export function StatusWord({
  status,
  code,
}: {
  status: Status | 'progress' | 'silent';
  code?: number;
}): JSX.Element {
  const glyph = status === 'silent' ? 'waiting' : status;
  return (
    <span class={`st ${tone(glyph)}`}>
      <Glyph name={glyph} />
      <span>
        {status === 'progress' || status === 'silent' ? openWord(status === 'silent') : status}
        {code !== undefined && glyph === status && status !== 'progress' && ` ${code}`}
      </span>
    </span>
  );
}

/** Marks a trace in progress, or one that went silent and is no longer expected to end, with the time. */
export function OpenBadge({ tree }: { tree: TraceTree }): JSX.Element | null {
  if (!tree.inProgress) return null;
  if (tree.silentSince === undefined) return <Badge status="progress">{openWord(false)}</Badge>;
  return (
    <Badge status="waiting">
      {openWord(true)} since {clock(tree.silentSince, { millis: false })}
    </Badge>
  );
}

/** A status on a tinted background, for headings. */
export function Badge({
  status,
  children,
}: {
  status: GlyphName;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <span class={`${style.badge} ${tone(status)}`}>
      <Glyph name={status} />
      {children}
    </span>
  );
}
