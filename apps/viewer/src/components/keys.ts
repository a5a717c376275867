import { useLayoutEffect, useRef } from 'preact/hooks';

/** Actions by `event.key`. A sequence of two keys is written with a space: `g t`. */
export type KeyMap = Record<string, (event: KeyboardEvent) => void>;

/** The second key of a sequence must follow within this many milliseconds. */
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

/** A single listener, because `g m` must take precedence over `m` alone elsewhere on the page. */
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

/** Whether the key activates the focused button or link: Enter and the space bar. */
function isForTheControl(event: KeyboardEvent): boolean {
  const onControl =
    event.target instanceof Element && event.target.closest('a, button, [role=tab]');
  return onControl !== null && (event.key === 'Enter' || event.key === ' ');
}

/** Handles keys on the page while the component is mounted. Keys typed into fields are not handled. */
export function useKeys(map: KeyMap): void {
  const current = useRef(map);
  current.current = map;
  // In a layout effect, so that keys pressed before the page is painted are handled too.
  useLayoutEffect(() => {
    if (maps.length === 0) window.addEventListener('keydown', listen);
    maps.push(current);
    return () => {
      maps.splice(maps.indexOf(current), 1);
      if (maps.length === 0) window.removeEventListener('keydown', listen);
    };
  }, []);
}
