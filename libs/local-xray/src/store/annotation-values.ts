import type { AnnotationValue } from '@nestjs-xray/document';
import type { TraceFacts, TraceSummary } from '../trace';
import type { SqlValue } from './driver';

/** Booleans are blobs, so that `true` is neither 1 nor "true". */
export function indexValue(value: AnnotationValue): SqlValue {
  return typeof value === 'boolean' ? Uint8Array.of(value ? 1 : 0) : value;
}

/** The value that a summary shows under the name of its type. */
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

/** What the annotations table has of a stored trace, by the summary in its row. */
export function indexedAnnotations(summary: string): TraceFacts['annotations'] {
  const { Annotations } = JSON.parse(summary) as TraceSummary;
  return Object.entries(Annotations).flatMap(([key, values]) =>
    values.map(({ AnnotationValue }) => ({ key, value: valueOf(AnnotationValue) })),
  );
}
