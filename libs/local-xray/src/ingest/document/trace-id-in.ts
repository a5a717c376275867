import { idsInText } from '@nestjs-xray/trace';

/** The only trace id in a text: as OpenTelemetry writes it, as a UUID, or within a whole header. */
export function onlyTraceIdIn(value: string): string | undefined {
  const plain = value.trim().replaceAll('-', '');
  const { traces } = idsInText(plain.length === 32 ? plain : value);
  return traces.length === 1 ? traces[0] : undefined;
}
