import { api } from '../../api/client';
import type { Brush } from '../../model/list/brush';
import { and } from '../../model/filter/filter-text';
import { askedOf, isLive, type Selection } from '../shared/page-controls';
import { useAnswer } from '../shared/use-answer';

/** How many traces are selected, counted by local X-Ray. Undefined until loaded. */
export function useBrushCount(
  selection: Selection,
  brush: Brush | undefined,
  /** The filter for its durations, and for the outcome that is shown. */
  filter: string,
): number | undefined {
  const { filter: all, group, range } = selection;
  const key = brush ? [all, group, range, brush.from ?? '', brush.to ?? '', filter].join('\n') : '';
  const { data } = useAnswer(
    async (signal) => {
      if (!brush) return undefined;
      const asked = askedOf(selection);
      const start = Math.max(asked.start ?? 0, brush.from ?? 0);
      const end = Math.min(asked.end ?? Infinity, brush.to ?? Infinity);
      const query = {
        ...asked,
        filter: and(all, filter),
        limit: 1,
        ...(start > 0 && { start }),
        ...(Number.isFinite(end) && { end }),
      };
      return { key, total: (await api.traces(query, signal)).counts.total };
    },
    key,
    brush !== undefined && isLive(selection),
  );
  return data?.key === key ? data.total : undefined;
}
