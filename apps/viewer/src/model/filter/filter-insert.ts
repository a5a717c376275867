/** An expression, and where the caret stands in it. */
export interface Written {
  text: string;
  caret: number;
}

/** The expression with a choice put in, and the caret after it and a space, unless a bracket waits. */
export function insert(text: string, from: number, to: number, choice: string): Written {
  const rest = text.slice(to);
  const space = /[(.[]$/.test(choice) || /^[\s)]/.test(rest) ? '' : ' ';
  const before = text.slice(0, from);
  const gap = before && !/[\s(!{[]$/.test(before) ? ' ' : '';
  const start = before + gap + choice + space;
  return {
    text: start + rest,
    caret: start.length + (space === '' && rest.startsWith(' ') ? 1 : 0),
  };
}
