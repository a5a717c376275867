import { writeJson } from '@nestjs-xray/document';

/** Why a segment document was rejected, in X-Ray's codes. */
export type DocumentFaultCode =
  | 'ParseError'
  | 'MissingId'
  | 'InvalidId'
  | 'InvalidTraceId'
  | 'InvalidName'
  | 'InvalidSegment'
  | 'InvalidAnnotation'
  | 'DocumentTooLarge'
  /** Not a code of X-Ray: the database could not store the document. */
  | 'NotStored'
  /** Not a code of X-Ray: the trace has reached the size limit for one trace. */
  | 'TraceTooLarge';

/** Why one document was rejected. */
export interface DocumentFault {
  /** Id of the segment, if it could be read. */
  id?: string;
  code: DocumentFaultCode;
  /** The field at fault as a path, for instance `subsegments[0].name`; empty for the whole document. */
  field: string;
  /** For people to read: the field, the character at fault if known, and what is expected there. */
  message: string;
}

/** Formats a value for an error message: shortened, and without control characters. */
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
