import type { TraceNode, TraceTree } from './trace-node';

/** Statements that are not queries, such as those that control a transaction. */
const TRANSACTION =
  /^(begin|start|commit|rollback|savepoint|release|set|listen|notify|deallocate)\b/i;

/** Whether a statement controls a transaction or changes a setting. */
export function isTransactionControl(statement: string): boolean {
  return TRANSACTION.test(statement);
}

/** The queries to a database, in the order of the waterfall; what only controls a transaction is none. */
export function queriesOf(tree: TraceTree): TraceNode[] {
  return tree.nodes.filter((node) => node.hue === 'sql' && !isTransactionControl(node.title));
}
