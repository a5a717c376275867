import { ERROR_WITHIN, FAULT_WITHIN } from '../trace/node-flags';
import { sql } from './query-database';

/** What a trace with root causes of each kind has. */
export const HAS_CAUSES = {
  fault: sql(`(t.flags & ${FAULT_WITHIN}) <> 0`),
  error: sql(`(t.flags & ${ERROR_WITHIN}) <> 0`),
  responsetime: sql('t.response_time IS NOT NULL'),
};
