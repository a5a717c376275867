import type { ComponentChildren, JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { Icon } from './icon';
import { useKeys } from './keys';

/**
 * A field to search in what the page shows. `/` focuses it. Escape clears it without acting as a key
 * of the page; in an empty field, Escape leaves the field.
 */
export function SearchField({
  label = 'Search names',
  value,
  onValue,
  onEnter,
  children,
}: {
  label?: string;
  value: string;
  onValue: (value: string) => void;
  /** `step` is 1 for Enter, and -1 for Shift+Enter. */
  onEnter?: (step: 1 | -1) => void;
  /** Content at the end of the field, after the text. */
  children?: ComponentChildren;
}): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  useKeys({ '/': () => field.current?.focus() });
  return (
    <div class="field">
      <span class="t3">
        <Icon name="search" />
      </span>
      <input
        ref={field}
        value={value}
        placeholder={label}
        aria-label={label}
        spellcheck={false}
        onInput={(event) => onValue(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && onEnter) onEnter(event.shiftKey ? -1 : 1);
          else if (event.key === 'Escape' && value) onValue('');
          else {
            if (event.key === 'Escape') event.currentTarget.blur();
            return;
          }
          event.preventDefault();
        }}
      />
      {children}
    </div>
  );
}
