import type { ServiceId } from './summary.types';

/** The identification of a node as in the API. Fields without a value are left out. */
export function serviceId(node: {
  name: string;
  type: string | undefined;
  account: string | undefined;
}): ServiceId {
  const id: ServiceId = { Name: node.name, Names: [node.name] };
  if (node.account !== undefined) id.AccountId = node.account;
  if (node.type !== undefined) id.Type = node.type;
  return id;
}
