import type { Active } from '../../core/context';
import { TRACE_HEADERS } from '../../core/propagation';
import { withOwnHeaders } from '../../core/second-hand';

/** What is read here of Nest's MqttRecord: the data of a message with options for MQTT. */
interface MqttRecord {
  options?: { properties?: { userProperties?: unknown } };
}

const NAMES = new Set(TRACE_HEADERS.map((name) => name.toLowerCase()));

/**
 * The data of a packet. If it is an MqttRecord with trace headers among its user properties, returns
 * a copy in which `ours` replace them as in the headers of other transports.
 */
export function withOwnProperties(
  active: Active,
  ours: readonly [name: string, value: string][],
  data: unknown,
): unknown {
  const properties = (data as MqttRecord | null | undefined)?.options?.properties;
  const given = properties?.userProperties;
  if (typeof given !== 'object' || given === null) return data;
  if (!Object.keys(given).some((name) => NAMES.has(name.toLowerCase()))) return data;
  const userProperties = withOwnHeaders(active, ours, given);
  const { options } = data as MqttRecord;
  // Keeps the class, by which Nest recognises a record.
  const copy = Object.create(Object.getPrototypeOf(data) as object | null) as object;
  return Object.assign(copy, data, {
    options: { ...options, properties: { ...properties, userProperties } },
  });
}
