import type { RefObject } from 'preact';
import { useCallback, useLayoutEffect, useMemo, useReducer, useState } from 'preact/hooks';

/** Rows are added and removed in blocks of this size, so that slow scrolling does not render at every row. */
const BLOCK = 4;
/** Rows rendered above and below the visible ones, for quick scrolling. */
const AROUND = 12;

export interface VirtualRow {
  index: number;
  key: number;
  /** Pixels from the first row. */
  start: number;
}

export interface VirtualRows {
  items: VirtualRow[];
  /** Height of all rows together, in pixels. */
  totalSize: number;
  /** Scrolls until the row and `around` pixels around it are visible. Does nothing if they are. */
  reveal: (index: number, around?: number) => void;
}

interface Options {
  count: number;
  /** Height of each row in pixels. */
  rowHeight: number;
  /** What scrolls: an element, or the page that contains the rows. */
  within: 'element' | 'page';
  /** The element that scrolls, or the one that contains the rows on the page. */
  element: RefObject<HTMLElement | null>;
  /** Pixels at the top that are covered, for example by a sticky heading. */
  covered?: number;
  /** Pixels at the bottom that are covered. */
  coveredBelow?: number;
}

/** The rows to render, as a range of blocks. */
interface Blocks {
  first: number;
  last: number;
}

/** Renders only the visible rows and a few around them, however many there are. */
export function useVirtual({
  count,
  rowHeight,
  within,
  element,
  covered = 0,
  coveredBelow = 0,
}: Options): VirtualRows {
  const [{ first, last }, setBlocks] = useState<Blocks>(() =>
    blocksAt(within === 'page' ? window.scrollY : 0, window.innerHeight, rowHeight),
  );

  const look = useCallback(() => {
    const holder = element.current;
    if (!holder) return;
    const next =
      within === 'page'
        ? blocksAt(-holder.getBoundingClientRect().top, window.innerHeight, rowHeight)
        : blocksAt(holder.scrollTop, holder.clientHeight, rowHeight);
    setBlocks((now) => (now.first === next.first && now.last === next.last ? now : next));
  }, [within, rowHeight]);

  useLayoutEffect(() => {
    const holder = element.current;
    if (!holder) return undefined;
    const scrolls = within === 'page' ? window : holder;
    scrolls.addEventListener('scroll', look, { passive: true });
    // Content above the rows may change its height at any time: filters, hints, an error.
    const sizes = new ResizeObserver(look);
    sizes.observe(within === 'page' ? document.body : holder);
    if (within === 'page') {
      for (const above of holder.closest('main')?.children ?? []) sizes.observe(above);
    }
    look();
    return () => {
      scrolls.removeEventListener('scroll', look);
      sizes.disconnect();
    };
  }, [look]);

  const from = Math.max(0, first * BLOCK);
  const to = Math.min(count, (last + 1) * BLOCK);
  const items = useMemo(
    () =>
      Array.from({ length: Math.max(0, to - from) }, (_, at): VirtualRow => {
        const index = from + at;
        return { index, key: index, start: index * rowHeight };
      }),
    [from, to, rowHeight],
  );

  return {
    items,
    totalSize: count * rowHeight,
    reveal: (index, around = 0) => {
      const holder = element.current;
      if (!holder) return;
      const top = index * rowHeight;
      const bottom = top + rowHeight + around + coveredBelow;
      if (within === 'page') {
        const margin = holder.getBoundingClientRect().top + window.scrollY;
        const from = window.scrollY - margin;
        const to = from + window.innerHeight;
        if (top < from + covered) window.scrollTo({ top: top + margin - covered });
        else if (bottom > to) window.scrollTo({ top: bottom + margin - window.innerHeight });
      } else if (top < holder.scrollTop + covered) holder.scrollTop = top - covered;
      else if (bottom > holder.scrollTop + holder.clientHeight) {
        holder.scrollTop = bottom - holder.clientHeight;
      }
    },
  };
}

function blocksAt(offset: number, height: number, rowHeight: number): Blocks {
  const first = Math.floor(offset / rowHeight) - AROUND;
  const last = Math.ceil((offset + height) / rowHeight) + AROUND;
  return { first: Math.max(0, Math.floor(first / BLOCK)), last: Math.floor(last / BLOCK) };
}

/** Whether a media query currently matches. */
export function useMedia(query: string): boolean {
  const [, redraw] = useReducer<number, void>((version) => version + 1, 0);
  const list = useMemo(() => matchMedia(query), [query]);
  useLayoutEffect(() => {
    const changed = (): void => redraw();
    list.addEventListener('change', changed);
    return () => list.removeEventListener('change', changed);
  }, [list]);
  return list.matches;
}
