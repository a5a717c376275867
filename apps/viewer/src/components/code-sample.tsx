import type { ComponentChildren, JSX } from 'preact';
import { CopyButton } from './button';
import style from './code-sample.module.css';

/** A few lines to copy. */
export function CodeSample({
  text,
  label,
  children,
}: {
  text: string;
  label: string;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <div class={style.copyable}>
      <pre class="code" tabIndex={0} role="group" aria-label={label}>
        {children}
      </pre>
      <CopyButton text={text} label={`Copy ${label}`}>
        Copy
      </CopyButton>
    </div>
  );
}
