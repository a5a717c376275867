import { isObject } from './is-object';
import type { RecordedNode } from './recorded-node';

/**
 * Records an exception that another service threw and this one was told of.
 *
 * @param type its type, where the other service told that
 * @param otherwise where neither that nor the name of `error` tells
 */
export function addRemoteError(
  node: RecordedNode,
  error: unknown,
  type: unknown,
  otherwise: string,
): void {
  node.addError(error);
  const exception = typeof node.cause === 'object' ? node.cause.exceptions[0] : undefined;
  if (exception === undefined) return;
  const { name } = (isObject(error) ? error : {}) as { name?: unknown };
  exception.type = [type, name].find(isTelling)?.slice(0, 250) ?? otherwise;
  exception.remote = true;
}

/** Records an error that is known by its message alone. */
export function addToldError(
  node: RecordedNode,
  { message, type }: { message: string; type?: string },
  remote: boolean,
): void {
  node.addError({ message });
  const exception = typeof node.cause === 'object' ? node.cause.exceptions[0] : undefined;
  if (exception === undefined) return;
  exception.type = type?.slice(0, 250);
  exception.remote = remote;
}

function isTelling(type: unknown): type is string {
  return typeof type === 'string' && type !== '' && type !== 'Error';
}
