import type { JSX } from 'preact';
import { highlight } from '../../model/trace/trace-search';

/** Text in which the matches of the search are marked. */
export function Marked({ text, words }: { text: string; words: string }): JSX.Element {
  if (!words) return <bdi>{text}</bdi>;
  return (
    <bdi>
      {highlight(text, words).map((piece, at) =>
        piece.hit ? <mark key={at}>{piece.text}</mark> : piece.text,
      )}
    </bdi>
  );
}
