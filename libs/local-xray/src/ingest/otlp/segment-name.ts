import { readCallee, textOf } from '@nestjs-xray/document';
import type { Span } from './span';

const FORBIDDEN = /[^ 0-9\p{L}_.:/%&#=+\-@]/gu;
const MAX_LENGTH = 200;

/**
 * X-Ray names segments after services, OpenTelemetry names spans after operations. Returns the first
 * of these attributes that the span has, or else the span's name.
 */
export function segmentName(span: Span): string {
  const { attributes, kind, resource } = span;
  const local =
    kind === 'server' || (kind === 'internal' && attributes.get('aws.span.kind') === 'LOCAL_ROOT');
  const name =
    (local && textOf(attributes, ['aws.local.service'])) ||
    ((kind === 'server' || kind === 'consumer') && textOf(resource, ['service.name'])) ||
    readCallee(attributes) ||
    span.name.replace(FORBIDDEN, '');
  return name.slice(0, MAX_LENGTH) || 'span';
}
