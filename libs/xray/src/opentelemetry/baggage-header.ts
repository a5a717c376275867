import { baggageEntryMetadataFromString, propagation, type Baggage } from '@opentelemetry/api';

/** W3C's limits: https://www.w3.org/TR/baggage/#limits */
const MAX_BYTES = 8192;
const MAX_ENTRIES = 64;

/** Parses a `baggage` header and skips malformed entries. Undefined when no entry is left. */
export function parseBaggage(header: string): Baggage | undefined {
  if (header.length > MAX_BYTES) return undefined;
  let baggage: Baggage | undefined;
  for (const member of header.split(',').slice(0, MAX_ENTRIES)) {
    const [pair = '', ...properties] = member.split(';');
    const at = pair.indexOf('=');
    const key = decode(pair.slice(0, at).trim());
    const value = decode(pair.slice(at + 1).trim());
    if (at < 1 || !key || value === undefined) continue;
    const metadata = properties.length > 0 ? properties.join(';').trim() : undefined;
    baggage = (baggage ?? propagation.createBaggage()).setEntry(key, {
      value,
      ...(metadata !== undefined && { metadata: baggageEntryMetadataFromString(metadata) }),
    });
  }
  return baggage;
}

/** Formats a `baggage` header; undefined when the baggage is empty. */
export function formatBaggage(baggage: Baggage): string | undefined {
  let header = '';
  for (const [key, { value, metadata }] of baggage.getAllEntries().slice(0, MAX_ENTRIES)) {
    const properties = metadata === undefined ? '' : `;${metadata.toString()}`;
    const member = `${encodeURIComponent(key)}=${encodeURIComponent(value)}${properties}`;
    if (header.length + member.length + 1 > MAX_BYTES) continue;
    header += header === '' ? member : `,${member}`;
  }
  return header === '' ? undefined : header;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
