import type { Active } from './context';
import type { Call, RecordedNode } from './recorded-node';
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
  private first: RecordedNode | undefined;
  private readonly name: string;
  private readonly call: Call | undefined;
  private readonly parent: RecordedNode | undefined;
  private readonly another: () => Active;

  /** For a node that is open already, and stays so until its first work is over. */
  static begun(node: RecordedNode): Later {
    return new Later(node, true);
  }

  constructor(
    node: RecordedNode,
    private begun = false,
  ) {
    this.first = node;
    this.name = node.name;
    this.call = node.call;
    this.parent = node instanceof Subsegment ? node.parent : undefined;
    this.another = () => node.root.owner.open({ serviceName: node.name });
    if (begun) return;
    if (node.subsegments === undefined) node.detach();
    else node.end();
  }

  /**
   * The node of work that begins now, under what is active where it begins, or else
   * where it was called; undefined when the request that begins it is not sampled.
   */
  begin(active: Active): RecordedNode | undefined {
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
