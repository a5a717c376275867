import type { AnnotationValue } from '@nestjs-xray/document';
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
