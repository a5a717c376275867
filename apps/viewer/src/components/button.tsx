import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icon';

/** A button with only an icon. `label` is its accessible name and its tooltip. */
export function IconButton({
  icon,
  label,
  hint,
  onClick,
  disabled = false,
  class: more = '',
}: {
  icon: IconName;
  label: string;
  /** Tooltip, if it differs from the label, for example to name the keyboard shortcut. */
  hint?: string;
  onClick: (event: MouseEvent) => void;
  disabled?: boolean;
  class?: string;
}): JSX.Element {
  return (
    <button
      type="button"
      class={`btn quiet ico ${more}`}
      aria-label={label}
      title={hint ?? label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

/** Copies `text` to the clipboard and confirms it on the button for a moment. */
export function CopyButton({
  text,
  label,
  children,
  class: more = '',
}: {
  text: string | (() => string);
  /** What is copied, for its accessible name: "Copy trace id". */
  label: string;
  children?: ComponentChildren;
  class?: string;
}): JSX.Element {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async (): Promise<void> => {
    setCopied(await copyText(typeof text === 'string' ? text : text()));
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), 1_600);
  };
  return (
    <button
      type="button"
      class={`btn ${children === undefined ? 'quiet ico' : ''} ${more}`}
      aria-label={copied ? 'Copied' : label}
      title={copied ? 'Copied' : label}
      onClick={() => void copy()}
    >
      <Icon name={copied ? 'check' : 'copy'} />
      {children !== undefined && (copied ? 'Copied' : children)}
    </button>
  );
}

/** Copies `text`, and returns whether it succeeded. Without https or permission, copies from a hidden field. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'vh';
    document.body.append(field);
    field.select();
    // The only way on a page that is served neither over https nor from this machine.
    const done = (document as { execCommand(command: string): boolean }).execCommand('copy');
    field.remove();
    return done;
  }
}
