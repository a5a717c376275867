import { useLayoutEffect, useRef } from 'preact/hooks';

/** Keys by `event.key`; two keys in a row are written with a space: `g t`. */
export type KeyMap = Record<string, (event: KeyboardEvent) => void>;

/** The second of two keys must follow within so many milliseconds. */
const PAIR_MS = 800;

const maps: { current: KeyMap }[] = [];
let first = '';
let firstAt = 0;

function inField(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('input, textarea, select, [contenteditable]') !== null
  );
}

function find(keys: string): KeyMap[string] | undefined {
  return maps.map((map) => map.current[keys]).find((action) => action !== undefined);
}

/** One listener for all: `g m` must win over what `m` alone does elsewhere on the page. */
function listen(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (inField(event.target) || document.querySelector('dialog[open]')) return;
  const pair = event.timeStamp - firstAt < PAIR_MS ? find(`${first} ${event.key}`) : undefined;
  const action = pair ?? find(event.key);
  first = pair ? '' : event.key;
  firstAt = event.timeStamp;
  if (!action || isForTheControl(event)) return;
  event.preventDefault();
  action(event);
}

/** Enter and the space bar on a button or a link do what it says. */
function isForTheControl(event: KeyboardEvent): boolean {
  const onControl =
    event.target instanceof Element && event.target.closest('a, button, [role=tab]');
  return onControl !== null && (event.key === 'Enter' || event.key === ' ');
}

/** Listens for keys of the page while the component is mounted; fields keep what is typed into them. */
export function useKeys(map: KeyMap): void {
  const current = useRef(map);
  current.current = map;
  // As soon as the page is there: keys pressed before it has been drawn count too.
  useLayoutEffect(() => {
    if (maps.length === 0) window.addEventListener('keydown', listen);
    maps.push(current);
    return () => {
      maps.splice(maps.indexOf(current), 1);
      if (maps.length === 0) window.removeEventListener('keydown', listen);
    };
  }, []);
}
