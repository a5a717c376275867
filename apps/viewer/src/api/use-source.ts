import type { SourcePlace } from '@nestjs-xray/trace';
import type { SourceExcerpt } from 'local-xray/console-api';
import { useEffect, useState } from 'preact/hooks';
import { api, RefusedError } from './client';
import { useStatusPart } from './live';

/** The lines around a source line, or the reason why they cannot be shown. */
export interface Source {
  excerpt?: SourceExcerpt;
  reason?: string;
}

/** How long an excerpt is cached, so that edits of the file appear soon. */
const KEPT_MS = 5_000;
const asked = new Map<string, { at: number; answer: Promise<Source> }>();

/** Undefined until loaded, and if local X-Ray has no source folders. */
export function useSource(place: SourcePlace | undefined): Source | undefined {
  const [source, setSource] = useState<Source>();
  const readable = useStatusPart((status) => status?.sources === true);
  useEffect(() => {
    setSource(undefined);
    // Send no request that must fail: the browser would log each 404 as an error of the page.
    if (!place?.path || !(place.line > 0) || !readable) return undefined;
    let wanted = true;
    void ask(place).then((answer) => wanted && setSource(answer));
    return () => void (wanted = false);
  }, [place?.path, place?.line, readable]);
  return source;
}

function ask({ path, line }: SourcePlace): Promise<Source> {
  const key = `${path}:${line}`;
  const before = asked.get(key);
  if (before && Date.now() - before.at < KEPT_MS) return before.answer;
  const answer = api.source(path, line).then(
    (excerpt): Source => ({ excerpt }),
    (error): Source => (error instanceof RefusedError ? { reason: error.message } : {}),
  );
  asked.set(key, { at: Date.now(), answer });
  return answer;
}
