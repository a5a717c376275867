import type { Hint } from '@nestjs-xray/trace';

/** Equal hints for several places of a trace. */
export interface HintGroup extends Hint {
  /** The number of hints. */
  times: number;
}

/** Groups equal hints and adds up their costs. The costliest group comes first. */
export function groupHints(hints: readonly Hint[]): HintGroup[] {
  const groups = new Map<string, HintGroup>();
  for (const hint of hints) {
    const key = JSON.stringify([hint.kind, hint.title, hint.subject, hint.place]);
    const group = groups.get(key);
    if (!group) {
      groups.set(key, { ...hint, nodes: [...hint.nodes], times: 1 });
      continue;
    }
    group.times++;
    group.cost += hint.cost;
    group.share = Math.min(1, group.share + hint.share);
    group.nodes.push(...hint.nodes);
  }
  return [...groups.values()].sort((a, b) => b.cost - a.cost);
}
