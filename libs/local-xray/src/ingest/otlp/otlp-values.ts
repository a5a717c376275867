import type { AnyValue, KeyValue } from './otlp_pb';
import type { Attributes, AttributeValue } from './span';

/** An id in hexadecimal. Empty if all bytes are zero, which means that there is no id. */
export function hex(bytes: Uint8Array): string {
  const digits = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
  return /^0*$/.test(digits) ? '' : digits;
}

/** Epoch seconds with microsecond precision: a double cannot represent nanoseconds since 1970. */
export function seconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1000n) / 1e6;
}

export function toAttributes(pairs: KeyValue[]): Attributes {
  const attributes: Attributes = new Map();
  for (const { key, value } of pairs) {
    const plain = value && toValue(value);
    if (plain !== undefined && key !== '') attributes.set(key, plain);
  }
  return attributes;
}

/** A number if it represents the bigint exactly, else the bigint. */
function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

export function toValue({ value }: AnyValue): AttributeValue | undefined {
  switch (value.case) {
    case 'stringValue':
    case 'boolValue':
      return value.value;
    case 'doubleValue':
      return Number.isFinite(value.value) ? value.value : String(value.value);
    case 'intValue':
      return exact(value.value);
    case 'bytesValue':
      return Buffer.from(value.value).toString('base64');
    case 'arrayValue':
      return value.value.values.map(toValue).filter((each) => each !== undefined);
    case 'kvlistValue':
      return Object.fromEntries(toAttributes(value.value.values));
    default:
      return undefined;
  }
}

export function nameOfScope({
  name,
  version,
}: {
  name: string;
  version: string;
}): string | undefined {
  return name === '' ? undefined : version === '' ? name : `${name} ${version}`;
}
