/**
 * The only import of libs/trace. The path is relative, so that the published package contains it.
 */
export { buildTree, hintsOf, queriesOf, treeText } from '../../../trace/src';
export type { Hint, HintKind, TraceNode, TraceTree } from '../../../trace/src';
