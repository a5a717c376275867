import type { LinkDocument } from '../document';
import type { RecordedNode } from './recorded-node';

/** X-Ray stores at most this many links per segment. */
const MAX_LINKS = 20;

/** Implements `TraceNode.addLink`. */
export function link(node: RecordedNode, other: LinkDocument): void {
  const links = (node.links ??= []);
  if (links.some(({ id, trace_id }) => id === other.id && trace_id === other.trace_id)) return;
  if (links.length < MAX_LINKS) {
    links.push(other);
    return;
  }
  node.root.owner.warn(
    'links',
    `Links of ${node.name} beyond the first ${MAX_LINKS} were left out: X-Ray stores no more for a segment. ` +
      'To keep all of them, handle messages in smaller batches.',
  );
}
