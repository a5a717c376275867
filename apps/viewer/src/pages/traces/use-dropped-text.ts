import { useEffect, useRef } from 'preact/hooks';

/** Calls `take` with text that is dropped anywhere on the page except into a field, such as a log line. */
export function useDroppedText(take: (text: string) => void): void {
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('text/plain') && !isField(event))
        event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      const text = event.dataTransfer?.getData('text/plain').replace(/\s+/g, ' ').trim();
      if (!text || isField(event)) return;
      event.preventDefault();
      latest.current(text);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, []);
}

function isField({ target }: DragEvent): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
