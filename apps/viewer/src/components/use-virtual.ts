import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import type { RefObject } from 'preact';
import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  observeWindowOffset,
  observeWindowRect,
  Virtualizer,
  windowScroll,
  type Range,
  type VirtualItem,
} from '@tanstack/virtual-core';

/** Rows come and go so many at a time: a slow scroll would else draw anew at each of them. */
const BLOCK = 4;

function wholeBlocks<R extends Pick<Range, 'startIndex' | 'endIndex'>>(range: R): R {
  return {
    ...range,
    startIndex: Math.floor(range.startIndex / BLOCK) * BLOCK,
    endIndex: Math.ceil((range.endIndex + 1) / BLOCK) * BLOCK - 1,
  };
}

export interface VirtualRows {
  items: VirtualItem[];
  /** Height of all rows together, in pixels. */
  totalSize: number;
  /** Scrolls so that the row can be seen, and `around` pixels around it; does nothing when it is. */
  reveal: (index: number, around?: number) => void;
}

interface Options {
  count: number;
  /** Height of a row in pixels. */
  rowHeight: number;
  /** What scrolls: an element, or the whole page with the rows somewhere on it. */
  within: 'element' | 'page';
  /** The element that scrolls, or the one that holds the rows on the page. */
  element: RefObject<HTMLElement | null>;
  /** Pixels at the top that something lies over, such as a sticky heading. */
  covered?: number;
}

/** Only the rows that can be seen, and a few around them, whatever their number. */
export function useVirtual({
  count,
  rowHeight,
  within,
  element,
  covered = 0,
}: Options): VirtualRows {
  const [, redraw] = useReducer<number, void>((version) => version + 1, 0);
  const [, redrawFor] = useState('');
  const margin = useRef(0);

  const virtual = useMemo(() => {
    const common = {
      count: 0,
      estimateSize: () => rowHeight,
      overscan: 12,
      rangeExtractor: (range: Range) => defaultRangeExtractor(wholeBlocks(range)),
      onChange: ({ range }: Pick<Virtualizer<Element, HTMLElement>, 'range'>) => {
        const { startIndex, endIndex } = wholeBlocks(range ?? { startIndex: 0, endIndex: 0 });
        redrawFor(`${startIndex}-${endIndex}`);
      },
    };
    const made =
      within === 'page'
        ? new Virtualizer<Window, HTMLElement>({
            ...common,
            getScrollElement: () => window,
            observeElementRect: observeWindowRect,
            observeElementOffset: observeWindowOffset,
            scrollToFn: windowScroll,
            initialOffset: () => window.scrollY,
            initialRect: { width: window.innerWidth, height: window.innerHeight },
          })
        : new Virtualizer<HTMLElement, HTMLElement>({
            ...common,
            getScrollElement: () => element.current,
            observeElementRect,
            observeElementOffset,
            scrollToFn: elementScroll,
            initialRect: { width: 800, height: 600 },
          });
    return made as unknown as Virtualizer<Element, HTMLElement>;
  }, [within, rowHeight]);

  virtual.setOptions({ ...virtual.options, count, scrollMargin: margin.current });

  useEffect(() => {
    const stop = virtual._didMount();
    virtual._willUpdate();
    redraw();
    return stop;
  }, [virtual]);

  useEffect(() => virtual._willUpdate());

  // What is above the rows may change its height at any time: filters, hints, an error.
  useEffect(() => {
    if (within !== 'page') return undefined;
    const measure = (): void => {
      if (!element.current) return;
      const top = Math.round(element.current.getBoundingClientRect().top + window.scrollY);
      if (top === margin.current) return;
      margin.current = top;
      redraw();
    };
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(document.body);
    for (const above of element.current?.closest('main')?.children ?? []) sizes.observe(above);
    return () => sizes.disconnect();
  }, [within]);

  return {
    items: virtual.getVirtualItems(),
    totalSize: count * rowHeight,
    reveal: (index, around = 0) => {
      const holder = element.current;
      if (!holder) return;
      const top = index * rowHeight;
      const bottom = top + rowHeight + around;
      if (within === 'page') {
        const from = window.scrollY - margin.current;
        const to = from + window.innerHeight;
        if (top < from + covered) window.scrollTo({ top: top + margin.current - covered });
        else if (bottom > to) {
          window.scrollTo({ top: bottom + margin.current - window.innerHeight });
        }
      } else if (top < holder.scrollTop + covered) holder.scrollTop = top - covered;
      else if (bottom > holder.scrollTop + holder.clientHeight) {
        holder.scrollTop = bottom - holder.clientHeight;
      }
    },
  };
}

/** Whether a media query holds now. */
export function useMedia(query: string): boolean {
  const [, redraw] = useReducer<number, void>((version) => version + 1, 0);
  const list = useMemo(() => matchMedia(query), [query]);
  useEffect(() => {
    const changed = (): void => redraw();
    list.addEventListener('change', changed);
    return () => list.removeEventListener('change', changed);
  }, [list]);
  return list.matches;
}
