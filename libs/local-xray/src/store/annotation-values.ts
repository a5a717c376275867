import type { AnnotationValue } from '@nestjs-xray/document';
import type { TraceFacts, TraceSummary } from '../trace';
import type { SqlValue } from './driver';

/** The value in the index. Booleans are stored as blobs, so that `true` differs from 1 and "true". */
export function indexValue(value: AnnotationValue): SqlValue {
  return typeof value === 'boolean' ? Uint8Array.of(value ? 1 : 0) : value;
}

/** The value of an annotation in a summary, which stores it under the name of its type. */
export function valueOf({
  StringValue,
  NumberValue,
  BooleanValue,
}: {
  StringValue?: string;
  NumberValue?: number;
  BooleanValue?: boolean;
}): AnnotationValue {
  return StringValue ?? NumberValue ?? BooleanValue ?? '';
}

/** The rows that the annotations table has for a stored trace, derived from the summary in its row. */
export function indexedAnnotations(summary: string): TraceFacts['annotations'] {
  const { Annotations } = JSON.parse(summary) as TraceSummary;
  return Object.entries(Annotations).flatMap(([key, values]) =>
    values.map(({ AnnotationValue }) => ({ key, value: valueOf(AnnotationValue) })),
  );
}
