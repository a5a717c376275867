import type { FilterProblem } from 'local-xray/console-api';
import type { JSX } from 'preact';
import type { Completion } from './use-completions';
import style from './filter-colours.module.css';

/** An expression with coloured tokens, and the error underlined. */
export function Coloured({
  text,
  completion,
  problem,
}: {
  text: string;
  completion: Completion | undefined;
  problem: FilterProblem | undefined;
}): JSX.Element {
  const from = problem?.position ?? -1;
  const to = from + Math.max(problem?.length ?? 0, 1);
  return (
    <>
      {cut(piecesOf(text, completion), from, to).map((piece) => {
        const wrong = problem !== undefined && piece.from >= from && piece.to <= to;
        return (
          <span
            key={piece.from}
            class={`${piece.tone} ${wrong ? style.wrong : ''}`}
            data-wrong={wrong || undefined}
          >
            {text.slice(piece.from, piece.to)}
          </span>
        );
      })}
    </>
  );
}

const TONES: Record<string, string | undefined> = { keyword: style.keyword, text: style.text };

interface Piece {
  from: number;
  to: number;
  tone: string;
}

/** Splits the pieces at these positions. */
function cut(pieces: Piece[], ...places: number[]): Piece[] {
  return places.reduce(
    (all, at) =>
      all.flatMap((piece) =>
        piece.from < at && at < piece.to
          ? [
              { ...piece, to: at },
              { ...piece, from: at },
            ]
          : [piece],
      ),
    pieces,
  );
}

/** Splits the whole text. Of a response to an earlier text, only the tokens in the common beginning are used. */
function piecesOf(text: string, completion: Completion | undefined): Piece[] {
  const pieces: Piece[] = [];
  const earlier = completion?.text ?? '';
  let same = 0;
  while (same < text.length && text[same] === earlier[same]) same++;
  let at = 0;
  for (const { from, length, kind } of completion?.tokens ?? []) {
    if (from + length > same) break;
    if (from > at) pieces.push({ from: at, to: from, tone: '' });
    at = from + length;
    pieces.push({ from, to: at, tone: TONES[kind] ?? '' });
  }
  if (at < text.length) pieces.push({ from: at, to: text.length, tone: '' });
  return pieces;
}
