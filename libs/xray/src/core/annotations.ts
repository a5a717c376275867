import type { AnnotationValue } from '../document';
import { textOf } from './foreign-values';
import type { RecordedNode } from './recorded-node';

/** X-Ray indexes at most this many annotations per trace. */
const MAX_PER_TRACE = 50;
const MAX_KEY = 500;
const MAX_VALUE = 1000;
const SOUND_KEY = /^[a-zA-Z0-9_.]{1,500}$/;

/** Implements `TraceNode.addAnnotation`. */
export function annotate(node: RecordedNode, key: string, value: AnnotationValue): void {
  const { root } = node;
  const sound = typeof key === 'string' && key.length <= MAX_KEY && SOUND_KEY.test(key);
  const repaired = sound ? key : repair(textOf(key));
  if (repaired === '') {
    return refuse(node, key, 'its key is empty. Give it a name of letters, digits and _.');
  }
  const kind = typeof value;
  if (kind !== 'string' && kind !== 'boolean' && !(kind === 'number' && Number.isFinite(value))) {
    return refuse(
      node,
      key,
      `its value is ${kind === 'number' ? String(value) : kind === 'object' && value === null ? 'null' : `a ${kind}`}. ` +
        'Use a string, a finite number or a boolean, or record it as metadata.',
    );
  }
  if (repaired !== key) {
    const given = textOf(key);
    root.owner.warn(
      `annotation-key:${given}`,
      `Annotation key "${given}" was recorded as "${repaired}": X-Ray allows only letters, digits, _ and . in keys.`,
    );
  }
  const annotations = (node.annotations ??= Object.create(null) as Record<string, AnnotationValue>);
  if (!(repaired in annotations) && ++root.annotationCount > MAX_PER_TRACE) {
    root.annotationCount = MAX_PER_TRACE;
    const why = `X-Ray indexes at most ${MAX_PER_TRACE} annotations per trace. Record it as metadata.`;
    return refuse(node, key, why);
  }
  annotations[repaired] = kind === 'string' ? (value as string).slice(0, MAX_VALUE) : value;
}

function repair(key: string): string {
  return key.slice(0, MAX_KEY).replace(/[^a-zA-Z0-9_.]/g, '_');
}

function refuse(node: RecordedNode, key: unknown, why: string): void {
  const given = textOf(key);
  node.root.owner.warn(
    `annotation:${given}`,
    `Annotation "${given}" on ${node.name} was left out: ${why}`,
  );
}
