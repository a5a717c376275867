import { ERROR_WITHIN, FAULT_WITHIN } from '../trace/node-flags';
import { sql } from './query-database';

/** What a trace has that has root causes of a kind. */
export const HAS_CAUSES = {
  fault: sql(`(t.flags & ${FAULT_WITHIN}) <> 0`),
  error: sql(`(t.flags & ${ERROR_WITHIN}) <> 0`),
  responsetime: sql('t.response_time IS NOT NULL'),
};
