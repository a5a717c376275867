import { useEffect } from 'preact/hooks';

/** Sets the title of the page in the browser's tabs and history. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Local X-Ray` : 'Local X-Ray';
  }, [title]);
}
