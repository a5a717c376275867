const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/**
 * Three significant digits and no unit: 3.10, 38.4, 412; from a thousand on
 * whole numbers: 1,284. Below 0.01 it says 0; "–" for what is absent.
 */
export function three(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 99.95) return WHOLE.format(value);
  if (size >= 9.995) return value.toFixed(1);
  if (size >= 0.005) return value.toFixed(2);
  return '0';
}

/** A duration in seconds as milliseconds without the unit, for columns: 38.4. */
export function ms(seconds: number | undefined): string {
  return three(seconds === undefined ? undefined : seconds * 1000);
}
