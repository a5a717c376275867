import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import style from './said.module.css';

const SAID = 'xray:said';
const SHOWN_MS = 2_000;

/** Confirms in a few words what a key did that nothing else shows: "Permalink copied". */
export function say(words: string): void {
  window.dispatchEvent(new CustomEvent(SAID, { detail: words }));
}

/** Where such words stand for a moment, and are read out. */
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

/** Copies the address of what is on the screen. */
export function copyPermalink(copy: (text: string) => Promise<boolean>): void {
  void copy(location.href).then((done) =>
    say(done ? 'Permalink copied' : 'The browser refused to copy; the address is above'),
  );
}
