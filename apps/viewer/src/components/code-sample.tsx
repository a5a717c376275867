import type { ComponentChildren, JSX } from 'preact';
import { CopyButton } from './button';

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
    <div class="cpy">
      <pre class="code" tabIndex={0} role="group" aria-label={label}>
        {children}
      </pre>
      <CopyButton text={text} label={`Copy ${label}`}>
        Copy
      </CopyButton>
    </div>
  );
}
