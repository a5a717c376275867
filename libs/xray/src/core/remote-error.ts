import { isObject } from './is-object';
import type { RecordedNode } from './recorded-node';

/**
 * Records an exception that another service threw and returned to this one.
 *
 * @param type the exception type, if the other service sent it
 * @param otherwise the type to record if neither `type` nor the name of `error` is known
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

/** Records an error of which only the message is known. */
export function addErrorMessage(
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
