import { useEffect } from 'preact/hooks';

/** Stores the scroll position in the history entry, for Back and for a reload. */
export function useScrollPlace(loaded: boolean): void {
  useEffect(() => {
    if (!loaded) return undefined;
    const place = (history.state as { scroll?: number } | null)?.scroll;
    // Wait until the rows have given the page its height.
    const frame = requestAnimationFrame(() => place && window.scrollTo(0, place));
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
