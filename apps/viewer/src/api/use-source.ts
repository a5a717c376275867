import type { SourcePlace } from '@nestjs-xray/trace';
import type { SourceExcerpt } from 'local-xray/console-api';
import { useEffect, useState } from 'preact/hooks';
import { api, RefusedError } from './client';
import { useStatusPart } from './live';

/** The lines around a place in the source, or why there are none. */
export interface Source {
  excerpt?: SourceExcerpt;
  reason?: string;
}

/** Whoever edits the file sees it soon after. */
const KEPT_MS = 5_000;
const asked = new Map<string, { at: number; answer: Promise<Source> }>();

/** Undefined until it is known, and where local X-Ray may read no source at all. */
export function useSource(place: SourcePlace | undefined): Source | undefined {
  const [source, setSource] = useState<Source>();
  const readable = useStatusPart((status) => status?.sources === true);
  useEffect(() => {
    setSource(undefined);
    // Not asked without success: the browser would report each refusal as an error of the page.
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
