import { writeJson } from '@nestjs-xray/document';

/** Why a segment document was refused, in X-Ray's codes. */
export type DocumentFaultCode =
  | 'ParseError'
  | 'MissingId'
  | 'InvalidId'
  | 'InvalidTraceId'
  | 'InvalidName'
  | 'InvalidSegment'
  | 'InvalidAnnotation'
  | 'DocumentTooLarge'
  /** Ours: the database did not take it. */
  | 'NotStored';

/** A refused document. */
export interface DocumentFault {
  /** Id of the segment, where it could be read. */
  id?: string;
  code: DocumentFaultCode;
  /** The field at fault as a path, for instance `subsegments[0].name`; empty for the whole document. */
  field: string;
  /** For a person: the field, the character where there is one, and what should be there. */
  message: string;
}

/** What was written, short enough for an error message and with nothing that could upset a terminal. */
export function shown(value: unknown): string {
  const text =
    typeof value === 'object' && value !== null
      ? kindOf(value)
      : writeJson(typeof value === 'string' ? value.slice(0, 100) : value);
  const printable = ((text as string | undefined) ?? 'nothing').replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    '?',
  );
  return printable.length > 60 ? `${printable.slice(0, 57)}…` : printable;
}

/** `an object`, `a string` and so on. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return 'a number';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
