import { idsInText } from '@nestjs-xray/trace';

/** The trace id in a text if there is exactly one: in OpenTelemetry's form, as a UUID, or inside a header. */
export function onlyTraceIdIn(value: string): string | undefined {
  const plain = value.trim().replaceAll('-', '');
  const { traces } = idsInText(plain.length === 32 ? plain : value);
  return traces.length === 1 ? traces[0] : undefined;
}
