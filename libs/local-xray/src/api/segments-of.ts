import { stitch } from '../store/stitch';
import { revive } from '../store/trace-reader';

/** A trace's segments as the API gives them out: each a JSON text, with its subsegments in place. */
export function segmentsOf(texts: string[]): { Id: string; Document: string }[] {
  const { segments, orphans } = stitch(revive(texts));
  return [...segments, ...orphans].map((each) => ({ Id: each.id, Document: JSON.stringify(each) }));
}
