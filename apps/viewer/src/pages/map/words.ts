import { count, share } from '../../model/format';
import { healthOf, type Health, type MapNode, type Traffic } from '../../model/graph/service-graph';

/** The health as text: `0.9 % fault`, `ok`, or `no calls`. */
export function healthWords(traffic: Traffic): string {
  const health = healthOf(traffic);
  if (traffic.total === 0) return 'no calls';
  return health === 'ok' ? 'ok' : `${share(traffic[health], traffic.total)} ${health}`;
}

/**
 * How often something is called: per minute over a range of `minutes`, or per hour if that is less than one. A plain
 * count for a single trace, for which `minutes` is 0.
 */
export function rateWords(total: number, minutes: number): string {
  if (minutes <= 0) return `${count(total)} ×`;
  const perMinute = total / minutes;
  if (perMinute >= 0.95 || total === 0) return `${count(perMinute)}/min`;
  return perMinute * 60 < 0.95 ? '< 1/h' : `${count(perMinute * 60)}/h`;
}

/** The same for screen readers. */
export function rateSpoken(total: number, minutes: number): string {
  if (minutes <= 0) return total === 1 ? '1 call' : `${count(total)} calls`;
  return rateWords(total, minutes)
    .replace('< 1/h', 'less than 1 call per hour')
    .replace('/min', ' calls per minute')
    .replace('/h', ' calls per hour');
}

/** `PostgreSQL, inferred`. */
export function kindWords(node: MapNode): string {
  return node.inferred ? `${node.label}, inferred` : node.label;
}

export const HEALTHS: readonly Health[] = ['ok', 'error', 'throttle', 'fault'];
