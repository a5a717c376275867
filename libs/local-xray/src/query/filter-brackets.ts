import type { IToken } from 'chevrotain';
import type { CausePart } from './filter-ast';
import type { FilterContext } from './filter-context';
import * as t from './filter-tokens';

/** The brackets that are open at the end of a list of tokens. */
export interface Brackets {
  /** The innermost open bracket. */
  open: IToken | undefined;
  /** The word in front of it, for instance `service`. */
  owner: IToken | undefined;
  /** The context of the innermost open braces. */
  context: FilterContext;
  /** The greatest nesting depth, and the bracket that reaches it. */
  deepest: { depth: number; token: IToken | undefined };
}

/**
 * Follows the brackets of an expression, even of an invalid one: a closing bracket closes the
 * innermost open one.
 */
export function followBrackets(tokens: readonly IToken[]): Brackets {
  const stack: { token: IToken; owner: IToken | undefined; context: FilterContext }[] = [];
  const deepest: Brackets['deepest'] = { depth: 0, token: undefined };
  let context: FilterContext = 'trace';
  /** What a following brace belongs to. */
  let owner: IToken | undefined;
  for (const token of tokens) {
    const { tokenType } = token;
    if (tokenType === t.Open || tokenType === t.OpenBrace) {
      stack.push({ token, owner, context });
      if (stack.length > deepest.depth) Object.assign(deepest, { depth: stack.length, token });
      if (tokenType === t.OpenBrace) context = contextOf(owner) ?? context;
      owner = undefined;
    } else if (tokenType === t.Close || tokenType === t.CloseBrace) {
      const closed = stack.pop();
      context = closed?.context ?? 'trace';
      // `service("a")` as a whole owns the brace after it.
      owner = tokenType === t.Close ? closed?.owner : undefined;
    } else owner = token;
  }
  const last = stack[stack.length - 1];
  return { open: last?.token, owner: last?.owner, context, deepest };
}

function contextOf(owner: IToken | undefined): FilterContext | undefined {
  if (owner?.tokenType === t.Service) return 'service';
  if (owner?.tokenType === t.Edge) return 'edge';
  const part = owner?.image.toLowerCase().split('.')[2];
  return part ? `rootcause.${part as CausePart}` : undefined;
}
