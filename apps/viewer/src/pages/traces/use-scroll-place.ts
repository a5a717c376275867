import { useEffect } from 'preact/hooks';

/** The scroll position in the history entry: where the page was when it was left. */
export function scrollPlace(): number {
  return (history.state as { scroll?: number } | null)?.scroll ?? 0;
}

/** Stores the scroll position in the history entry, for Back and for a reload. */
export function useScrollPlace(loaded: boolean): void {
  useEffect(() => {
    if (!loaded) return undefined;
    const place = scrollPlace();
    // Wait until the rows have given the page its height.
    const frame = requestAnimationFrame(() => {
      if (place > 0) window.scrollTo(0, place);
    });
    let timer: ReturnType<typeof setTimeout>;
    const note = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const state = history.state as object | null;
        history.replaceState({ ...state, scroll: window.scrollY }, '');
      }, 200);
    };
    window.addEventListener('scroll', note, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      window.removeEventListener('scroll', note);
    };
  }, [loaded]);
}
