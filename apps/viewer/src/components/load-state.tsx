import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { RefusedError, UnreachableError } from '../api/client';
import { carried } from '../model/carried';
import { contextHref } from '../router';
import style from './load-state.module.css';

/** Placeholder bars instead of rows. They appear after 150 ms, so that fast responses show none. */
export function Skeleton({ label, rows = 12 }: { label: string; rows?: number }): JSX.Element {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class={style.skeleton} aria-busy="true">
      <p class={shown ? style.skeletonHead : 'vh'} role="status">
        {label}
      </p>
      {shown &&
        Array.from({ length: rows }, (_, row) => (
          <div key={row} aria-hidden="true">
            <i />
            <i />
            <i />
            <i />
          </div>
        ))}
    </div>
  );
}

/** A short centred message in place of the content. */
export function Empty({
  title,
  children,
}: {
  title: string;
  children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class={style.message}>
      <h1>{title}</h1>
      {children}
    </div>
  );
}

/** Shown instead of a trace that could not be read. */
export function NoTrace({ error }: { error: Error }): JSX.Element {
  return (
    <Failure what="This trace cannot be shown" error={error}>
      {!carried && (
        <p>
          <a class="btn" href={contextHref('/traces')}>
            Go to the traces
          </a>
        </p>
      )}
    </Failure>
  );
}

/** Why something could not be shown, and what to do about it. */
export function Failure({
  what,
  error,
  children,
}: {
  what: string;
  error: Error;
  /** What to do next. */
  children?: ComponentChildren;
}): JSX.Element {
  const text =
    error instanceof UnreachableError
      ? 'Local X-Ray does not answer. This page tries again by itself.'
      : error instanceof RefusedError
        ? error.message
        : `This page failed: ${error.message}`;
  return (
    <Empty title={what}>
      <p class="t2" role="alert">
        {text}
      </p>
      {children}
    </Empty>
  );
}
