/** An expression, and the position of the caret in it. */
export interface Written {
  text: string;
  caret: number;
}

/** Inserts a choice into the expression. The caret is placed after it and a space, or after its open bracket. */
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
