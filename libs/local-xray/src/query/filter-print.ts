import type { Filter, Target } from './filter-ast';
import { quote } from './filter-values';

/** Formats a filter as an expression that parses to the same filter. */
export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'or':
      return filter.items.map((item) => wrapped(item, item.kind === 'or')).join(' OR ');
    case 'and':
      return filter.items
        .map((item) => wrapped(item, item.kind === 'or' || item.kind === 'and'))
        .join(' AND ');
    case 'not':
      return `!${wrapped(filter.item, ['or', 'and', 'not'].includes(filter.item.kind))}`;
    case 'boolean':
      return filter.is ? filter.keyword : `${filter.keyword} = false`;
    case 'number':
    case 'text':
      return `${filter.keyword}${comparison(filter)}`;
    case 'annotation':
      return `${annotationWord(filter.key)}${comparison(filter)}`;
    case 'group':
      return `group.${filter.by} ${filter.is ? '=' : '!='} ${quote(filter.value)}`;
    case 'service':
      return `service(${target(filter.target)})${braces(filter.where)}`;
    case 'edge':
      return `edge(${target(filter.from)}, ${target(filter.to)})${braces(filter.where)}`;
    case 'rootcause':
      return `rootcause.${filter.of}.${filter.part}${braces(filter.where)}`;
    case 'rootcause.json':
      return `rootcause.json = #${JSON.stringify(filter.value)}`;
  }
}

function wrapped(filter: Filter, inBrackets: boolean): string {
  return inBrackets ? `(${printFilter(filter)})` : printFilter(filter);
}

function comparison({ op, value }: { op?: string; value?: string | number | boolean }): string {
  if (op === undefined || value === undefined) return '';
  return ` ${op} ${literal(value)}`;
}

/** The word for an annotation, quoted if its key requires it. */
export function annotationWord(key: string): string {
  return /^[\w.]+$/.test(key) ? `annotation.${key}` : `annotation[${quote(key)}]`;
}

/** Formats a value as it is written in a comparison. */
export function literal(value: string | number | boolean): string {
  return typeof value === 'string' ? quote(value) : String(value);
}

function target({ name, type, account }: Target): string {
  const fields = [
    ...(name === undefined ? [] : [`name: ${quote(name)}`]),
    ...(type === undefined ? [] : [`type: ${quote(type)}`]),
    ...(account === undefined ? [] : [`account.id: ${quote(account)}`]),
  ];
  if (fields.length === 0) return '';
  return fields.length === 1 && name !== undefined ? quote(name) : `id(${fields.join(', ')})`;
}

function braces(where: Filter | undefined): string {
  return where ? ` { ${printFilter(where)} }` : '';
}
