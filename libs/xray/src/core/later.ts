import type { Call } from './call';
import type { Active, TraceNode } from './context';
import { Subsegment } from './subsegment';

/**
 * Work that was handed back but has not begun: an Observable before it is
 * subscribed to, a generator before its first `next`.
 *
 * Its node leaves the tree and comes back, with a new start, when the work
 * begins; if that never happens nothing is recorded. A node that has content
 * already (the method called another one before it returned) stays.
 */
export class Later {
  private first: TraceNode | undefined;
  private readonly name: string;
  private readonly call: Call | undefined;
  private readonly parent: TraceNode | undefined;
  private readonly another: () => Active;

  /** For a node that is open already, and stays so until its first work is over. */
  static begun(node: TraceNode): Later {
    return new Later(node, true);
  }

  constructor(
    node: TraceNode,
    private begun = false,
  ) {
    this.first = node;
    this.name = node.name;
    this.call = node.call;
    this.parent = node instanceof Subsegment ? node.parent : undefined;
    this.another = () => node.root.recorder.open({ serviceName: node.name });
    if (begun) return;
    if (node.subsegments === undefined) node.detach();
    else node.end();
  }

  /**
   * The node of work that begins now, under what is active where it begins, or else
   * where it was called; undefined when the request that begins it is not sampled.
   */
  begin(active: Active): TraceNode | undefined {
    if (active !== undefined && active.notTraced) return undefined;
    const { first } = this;
    const parent = active ?? this.parent;
    this.first = undefined;
    if (this.begun) {
      this.begun = false;
      return first;
    }
    if (first !== undefined && first.reopen(parent)) return first;
    const node = parent === undefined ? this.another() : new Subsegment(this.name, parent);
    if (node === undefined || node.notTraced) return undefined;
    node.call = this.call;
    return node;
  }
}
