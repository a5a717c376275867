import type { JSX } from 'preact';
import { openWord, type TraceNode } from '@nestjs-xray/trace';
import { startsFault } from '../../model/trace/starts-fault';
import { place, placeAll, visibleCritical, type Piece, type Window } from '../../model/trace/bars';
import style from './bar.module.css';

const at = ({ left, width }: Piece): Record<string, string> => ({
  left: `${left}%`,
  width: `${width}%`,
});

/** If a bar ends beyond this percentage, its text is on the left, because there is no space on the right. */
const NO_ROOM = 70;

/** The bar of a node: tinted for the total, solid for self time, a line below for the critical path. */
export function NodeBar({ node, window }: { node: TraceNode; window: Window }): JSX.Element | null {
  const whole = place([node.start, node.end], window);
  if (!whole) return null;
  const origin = startsFault(node);
  const hue = origin ? 'fault' : node.hue;
  const waits = node.awaited && (
    <Open piece={whole} class={style.wait} words="waiting for the called service" />
  );
  if (waits && node.inProgress) return waits;
  if (node.inProgress)
    return (
      <Open
        piece={whole}
        growing
        class={`${style.open} ${style[hue]}`}
        words={openWord(node.silent)}
      />
    );
  const threwHere = origin && node.end <= window.until && node.end >= window.from;
  return (
    <>
      <i
        class={`${style.bar} ${style[hue]} ${style.whole}`}
        data-bar="whole"
        data-hue={hue}
        style={at(whole)}
      />
      {placeAll(node.selfPieces, window).map((piece, index) => (
        <i
          key={index}
          class={`${style.bar} ${style[hue]} ${style.self}`}
          data-bar="self"
          data-hue={hue}
          style={at(piece)}
        />
      ))}
      {waits}
      {threwHere && <i class={style.thrown} style={{ left: `${whole.left + whole.width}%` }} />}
      {placeAll(visibleCritical(node.critical, window), window).map((piece, index) => (
        <i key={index} class={style.critical} data-critical style={at(piece)} />
      ))}
    </>
  );
}

/** With more calls, their bars would be thinner than a pixel, and adjacent ones are merged. */
const MAX_TEETH = 200;

/** The bar of a fold: one short bar for each node. */
export function FoldBar({
  nodes,
  window,
}: {
  nodes: TraceNode[];
  window: Window;
}): JSX.Element | null {
  const hue = nodes[0]?.hue ?? 'own';
  const spans = nodes.map((node): [number, number] => [node.start, node.end]);
  const start = Math.min(...spans.map(([from]) => from));
  const end = Math.max(...spans.map(([, until]) => until));
  const whole = place([start, end], window);
  if (!whole) return null;
  const teeth =
    spans.length > MAX_TEETH
      ? placeAll(spans, window)
      : spans.flatMap((span) => place(span, window) ?? []);
  const critical = nodes.flatMap((node) => node.critical).sort((a, b) => a[0] - b[0]);
  return (
    <>
      <i
        class={`${style.bar} ${style[hue]} ${style.whole}`}
        data-bar="whole"
        data-hue={hue}
        style={at(whole)}
      />
      {teeth.map((piece, index) => (
        <i
          key={index}
          class={`${style.bar} ${style[hue]} ${style.self} ${style.tooth}`}
          style={at(piece)}
        />
      ))}
      {placeAll(critical, window).map((piece, index) => (
        <i key={index} class={style.critical} data-critical style={at(piece)} />
      ))}
    </>
  );
}

/** A bar with text: on its right, on its left, or inside its end if there is no space beside it. */
function Open({
  piece,
  class: kind,
  growing = false,
  words,
}: {
  piece: Piece;
  class: string | undefined;
  /** Whether it is still in progress. */
  growing?: boolean;
  words: string;
}): JSX.Element {
  const end = piece.left + piece.width;
  const inside = end > NO_ROOM && piece.left <= 100 - NO_ROOM;
  const place =
    end <= NO_ROOM
      ? { left: `calc(${end}% + 12px)` }
      : piece.left > 100 - NO_ROOM
        ? { right: `calc(${100 - piece.left}% + 6px)` }
        : { right: `calc(${100 - end}% + 8px)` };
  return (
    <>
      <i class={`${style.bar} ${kind}`} style={at(piece)} />
      <span
        class={`${style.words} ${growing ? 's-progress' : ''} ${inside ? style.inside : ''}`}
        style={place}
      >
        {words}
      </span>
    </>
  );
}
