import { annotationFilter, literal } from './filter-text';

/** Filters that a word or a comparison in other terms may stand for, most likely first. */
export interface Meaning {
  word: string;
  filters: string[];
}

/** A text with more words is a sentence, and is searched for as a message. */
const MOST_WORDS = 4;
const MOST_KEYS = 8;

/** Brackets and braces show that the text is a filter expression, for which completion is used. */
const EXPRESSION = /[()[\]{}]/;
const COMPARISON = /([\w.-]+)\s*(==|!=|>=|<=|=|>|<|:(?!\/\/))\s*("[^"]*"|'[^']*'|[^\s,;]+)/g;
const METHOD = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/i;
const WORD = /^(ok|error|fault|throttle|partial)$/i;
const JOINT = /^(and|&&|,|;|with|in|on|for|by|the|at)$/i;

type Alias = (value: string, operator: string) => string | undefined;

const quoted = (value: string): string => literal(value);
const text =
  (name: string): Alias =>
  (value, operator) =>
    `${name} ${operator === '!=' ? '!=' : '='} ${quoted(value)}`;
const part =
  (name: string): Alias =>
  (value) =>
    `${name} CONTAINS ${quoted(value)}`;
const status: Alias = (value, operator) =>
  /^\d+$/.test(value) ? `http.status ${operator} ${value}` : undefined;
/** A time in seconds, or in milliseconds if that is the unit. */
const seconds: Alias = (value, operator) => {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s)?$/.exec(value) ?? [];
  if (number === undefined) return undefined;
  return `responsetime ${operator} ${unit === 'ms' ? +(Number(number) / 1000).toFixed(6) : number}`;
};

/** Keywords of other tools, with the meaning in our filter expressions. */
const ALIASES: Record<string, Alias> = {};
const alias = (names: string, means: Alias): void => {
  for (const name of names.split(' ')) ALIASES[name] = means;
};
alias(
  'status code statuscode status_code http.status http.status_code http.response.status_code',
  status,
);
alias('method verb http.method http.request.method', (value) =>
  text('http.method')(value.toUpperCase(), '='),
);
alias('url path uri endpoint http.url http.target http.path url.path', part('http.url'));
alias('user userid user_id username login enduser.id', text('user'));
alias('service app service.name', (value) => `service(${quoted(value)})`);
alias('latency took elapsed responsetime response_time', seconds);
alias('duration', (value, operator) =>
  seconds(value, operator)?.replace('responsetime', 'duration'),
);
alias('message msg err exception.message', part('message'));
alias('exception exception.type type', part('exception'));
alias('route http.route', part('route'));
alias('agent useragent user_agent', part('http.useragent'));
alias('ip clientip client_ip', text('http.clientip'));
alias('query sql statement', part('statement'));

/**
 * Suggests filters for a text that is not a filter expression.
 *
 * @param keys keys of recorded annotations, most frequent first
 */
export function meaningsOf(given: string, keys: readonly string[]): Meaning[] {
  const whole = given.trim();
  if (whole === '' || EXPRESSION.test(whole)) return [];
  const meanings: Meaning[] = [];
  const rest = whole.replace(COMPARISON, (word, name: string, operator: string, value: string) => {
    const filter = compared(name, operator === '==' || operator === ':' ? '=' : operator, value);
    if (filter !== undefined) meanings.push({ word, filters: [filter] });
    return ' ';
  });
  if (/[=<>]/.test(rest)) return [];
  const words = rest.match(/"[^"]*"|\S+/g)?.filter((word) => !JOINT.test(word)) ?? [];
  if (words.length > MOST_WORDS) {
    return [{ word: whole, filters: [`message CONTAINS ${quoted(whole)}`] }];
  }
  for (const word of words) {
    // The beginning of a keyword, still being typed.
    if (/^(annotation|http|resource|instance)\./i.test(word)) return [];
    meanings.push({ word, filters: meaningsOfWord(word.replace(/^"|"$/g, ''), keys) });
  }
  return meanings;
}

function compared(name: string, operator: string, given: string): string | undefined {
  const value = given.replace(/^(["'])(.*)\1$/, '$2');
  const known = ALIASES[name.toLowerCase()];
  if (known) return known(value, operator);
  const key = name.replace(/^annotation\./, '');
  const number = /^-?\d+(\.\d+)?$/.test(given);
  const condition = annotationFilter(key, number ? Number(value) : value);
  return operator === '=' ? condition : condition.replace(' = ', ` ${operator} `);
}

function meaningsOfWord(word: string, keys: readonly string[]): string[] {
  if (WORD.test(word)) return [word.toLowerCase()];
  if (METHOD.test(word)) return [`http.method = ${quoted(word.toUpperCase())}`];
  if (/^[1-5]\d\d$/.test(word)) return [`http.status = ${word}`];
  const took = /^([<>])=?(\d+(?:\.\d+)?)(ms|s)$/.exec(word);
  if (took) return [seconds(took[2]! + took[3]!, took[1]!)!];
  if (word.includes('/'))
    return [`http.url CONTAINS ${quoted(word)}`, `route CONTAINS ${quoted(word)}`];
  const message = `message CONTAINS ${quoted(word)}`;
  const exception = `exception CONTAINS ${quoted(word)}`;
  if (/(Error|Exception|Fault)$/.test(word)) return [exception, message];
  return [
    `user = ${quoted(word)}`,
    `service(${quoted(word)})`,
    ...keys.slice(0, MOST_KEYS).map((key) => annotationFilter(key, word)),
    message,
    `http.url CONTAINS ${quoted(word)}`,
    exception,
  ];
}
