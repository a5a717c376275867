/** The one door to libs/trace: a relative path, so that the published package contains it. */
export { buildTree, hintsOf, queriesOf, treeText } from '../../../trace/src';
export type { Hint, HintKind, TraceNode, TraceTree } from '../../../trace/src';
