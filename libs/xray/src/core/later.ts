import type { Active } from './context';
import type { Call, RecordedNode, RecordedSubsegment } from './recorded-node';
import { Subsegment } from './subsegment';

/**
 * Work that was returned but has not begun: an Observable before subscription, a generator before
 * its first `next`.
 *
 * Its node is removed from the tree and put back with a new start time when the work begins. If the
 * work never begins, nothing is recorded. A node that already has children (the method called
 * another traced method before it returned) stays.
 */
export class Later {
  private first: RecordedNode | undefined;
  private readonly name: string;
  private readonly call: Call | undefined;
  private readonly parent: RecordedNode | undefined;
  private readonly another: () => Active;
  /** What was recorded before the work began. It is copied to every further node. */
  private readonly recorded: Pick<RecordedSubsegment, 'namespace' | 'annotations' | 'metadata'>;

  /** For a node that is already open and stays open until its first work is over. */
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
    const { namespace, annotations, metadata } = node as RecordedSubsegment;
    this.recorded = { namespace, annotations, metadata };
    this.another = () => node.root.owner.open({ serviceName: node.name });
    if (begun) return;
    if (node.subsegments === undefined) node.detach();
    else node.end();
  }

  /**
   * Returns the node for work that begins now. Its parent is the active node, or else the node that
   * was active at the call. Undefined when the active request is not sampled.
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
    this.repeat(node);
    return node;
  }

  private repeat(node: RecordedNode): void {
    const { namespace, annotations, metadata } = this.recorded;
    if (namespace !== undefined) (node as RecordedSubsegment).namespace = namespace;
    for (const key in annotations) node.addAnnotation(key, annotations[key]!);
    for (const group in metadata) {
      for (const key in metadata[group]) node.addMetadata(key, metadata[group][key], group);
    }
  }
}
