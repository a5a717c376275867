import { OptionError } from './local-xray.options';

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const BYTES: Record<string, number> = { kb: 1e3, mb: 1e6, gb: 1e9 };

/**
 * Reads `7d`, `1GB` or both as `7d,1GB`, in any order.
 *
 * @throws OptionError when a part is neither.
 */
export function parseRetention(text: string): { seconds?: number; bytes?: number } {
  const limits: { seconds?: number; bytes?: number } = {};
  for (const part of text.split(',')) {
    const match = /^\s*(\d+(?:\.\d+)?)\s*(s|m|h|d|w|kb|mb|gb)\s*$/i.exec(part);
    const amount = Number(match?.[1]);
    // Zero would mean that no trace is kept.
    const unit = amount > 0 ? match![2]!.toLowerCase() : '';
    if (SECONDS[unit] !== undefined) limits.seconds = amount * SECONDS[unit];
    else if (BYTES[unit] !== undefined) limits.bytes = amount * BYTES[unit];
    else {
      throw new OptionError(
        `--retention is "${text}", but "${part.trim()}" is neither a time nor a size above 0. Write it like 7d, 12h, 500MB or 7d,1GB.`,
      );
    }
  }
  return limits;
}
