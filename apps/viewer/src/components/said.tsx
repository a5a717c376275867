import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import style from './said.module.css';

const SAID = 'xray:said';
const SHOWN_MS = 2_000;

/** Shows a short confirmation of an action that has no other visible effect: "Permalink copied". */
export function say(words: string): void {
  window.dispatchEvent(new CustomEvent(SAID, { detail: words }));
}

/** Shows confirmations for a moment, and announces them to screen readers. */
export function Said(): JSX.Element {
  const [words, setWords] = useState('');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const hear = (event: Event): void => {
      setWords((event as CustomEvent<string>).detail);
      clearTimeout(timer);
      timer = setTimeout(() => setWords(''), SHOWN_MS);
    };
    window.addEventListener(SAID, hear);
    return () => {
      window.removeEventListener(SAID, hear);
      clearTimeout(timer);
    };
  }, []);
  return (
    <span class={style.said} role="status">
      {words}
    </span>
  );
}

/** Copies the address of the current view. */
export function copyPermalink(copy: (text: string) => Promise<boolean>): void {
  void copy(location.href).then((done) =>
    say(
      done
        ? 'Permalink copied'
        : 'The browser does not allow copying. Copy the address from the address bar.',
    ),
  );
}
