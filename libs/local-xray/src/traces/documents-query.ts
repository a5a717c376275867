import { badToken } from '../http/page';
import type { DocumentsQuery } from '../reads/trace-reads';

/**
 * The page of these traces that a NextToken asks for.
 *
 * @throws XrayError when the token is not one of the ids: then it is of another request.
 */
export function documentsQuery(given: readonly string[], token?: string): DocumentsQuery {
  const ids = [...new Set(given)];
  if (token === undefined) return { ids };
  if (!ids.includes(token)) throw badToken();
  return { ids, from: token };
}
