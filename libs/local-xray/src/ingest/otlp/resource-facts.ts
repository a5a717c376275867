import { textOf } from '@nestjs-xray/document';
import type { Attributes, AttributeValue } from './span';
import { originOf, placeOf, type ResourceAws, sdkOf } from './translate-aws';

/** The parts of a document that come from the resource of its span. */
export interface ResourceFacts {
  origin: string | undefined;
  version: string | undefined;
  /** Undefined outside AWS; documents then have no `aws` block. */
  aws: ResourceAws | undefined;
  /** The resource's attributes, under the names they have in metadata. */
  metadata: [string, AttributeValue][];
}

const known = new WeakMap<Attributes, ResourceFacts>();

/** Computed once for all spans of an export that share the resource. */
export function resourceFacts(resource: Attributes): ResourceFacts {
  let facts = known.get(resource);
  if (!facts) known.set(resource, (facts = workOut(resource)));
  return facts;
}

function workOut(resource: Attributes): ResourceFacts {
  const outside = (textOf(resource, ['cloud.provider']) ?? 'aws') !== 'aws';
  return {
    origin: outside ? undefined : originOf(resource),
    version: textOf(resource, ['service.version', 'container.image.tag']),
    aws: outside
      ? undefined
      : {
          account_id: textOf(resource, ['cloud.account.id']),
          place: placeOf(resource),
          xray: sdkOf(resource),
        },
    metadata: [...resource].map(([key, value]) => [`otel.resource.${key}`, value]),
  };
}
