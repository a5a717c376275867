import { EmbeddedActionsParser, EOF, type IToken } from 'chevrotain';
import type { CauseOf, CausePart, Filter, NumberOp, Target, TextOp } from './filter-ast';
import { CONTEXT_NAMES, CONTEXT_WORDS, type FilterContext } from './filter-context';
import { FilterSyntaxError } from './filter-error';
import { keywordOf } from './filter-keywords';
import * as t from './filter-tokens';
import { readJsonArray, readNumber, readText } from './filter-values';

/**
 * The grammar of filter expressions. AND binds tighter than OR, adjacent conditions are joined by
 * AND, and keywords are case-insensitive.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html
 */
export class FilterGrammar extends EmbeddedActionsParser {
  /** Conditions in braces are about a node, a call or a root cause. */
  context: FilterContext = 'trace';

  constructor() {
    super(t.TOKENS, { recoveryEnabled: false, maxLookahead: 2 });
    this.performSelfAnalysis();
  }

  readonly filter = this.RULE('filter', (): Filter => {
    const filter = this.SUBRULE(this.alternatives);
    this.CONSUME(EOF);
    return filter;
  });

  private readonly alternatives = this.RULE('alternatives', (): Filter => {
    const items = [this.SUBRULE(this.conditions)];
    this.MANY(() => {
      this.CONSUME(t.Or);
      items.push(this.SUBRULE2(this.conditions));
    });
    return items.length === 1 ? items[0]! : { kind: 'or', items };
  });

  private readonly conditions = this.RULE('conditions', (): Filter => {
    const items = [this.SUBRULE(this.negatable)];
    this.MANY(() => {
      this.OPTION(() => this.CONSUME(t.And));
      items.push(this.SUBRULE2(this.negatable));
    });
    return items.length === 1 ? items[0]! : { kind: 'and', items };
  });

  private readonly negatable = this.RULE('negatable', (): Filter => {
    let negations = 0;
    this.MANY(() => {
      this.CONSUME(t.Not);
      negations++;
    });
    const item = this.SUBRULE(this.condition);
    return negations % 2 === 1 ? { kind: 'not', item } : item;
  });

  private readonly condition = this.RULE('condition', (): Filter =>
    this.OR<Filter>([
      {
        ALT: () => {
          this.CONSUME(t.Open);
          const filter = this.SUBRULE(this.alternatives);
          this.CONSUME(t.Close);
          return filter;
        },
      },
      { ALT: () => this.SUBRULE(this.service) },
      { ALT: () => this.SUBRULE(this.edge) },
      { ALT: () => this.SUBRULE(this.rootCause) },
      { ALT: () => this.SUBRULE(this.rootCauseJson) },
      { ALT: () => this.SUBRULE(this.group) },
      { ALT: () => this.SUBRULE(this.annotation) },
      { ALT: () => this.SUBRULE(this.boolean) },
      { ALT: () => this.SUBRULE(this.number) },
      { ALT: () => this.SUBRULE(this.text) },
    ]),
  );

  private readonly service = this.RULE('service', (): Filter => {
    const word = this.CONSUME(t.Service);
    this.ACTION(() => this.allow(word, 'service()'));
    this.CONSUME(t.Open);
    const target = this.OPTION(() => this.SUBRULE(this.target)) ?? {};
    this.CONSUME(t.Close);
    const where = this.SUBRULE(this.braces, { ARGS: ['service'] });
    return { kind: 'service', target, ...(where && { where }) };
  });

  private readonly edge = this.RULE('edge', (): Filter => {
    const word = this.CONSUME(t.Edge);
    this.ACTION(() => this.allow(word, 'edge()'));
    this.CONSUME(t.Open);
    const from = this.SUBRULE(this.target);
    this.CONSUME(t.Comma);
    const to = this.SUBRULE2(this.target);
    this.CONSUME(t.Close);
    const where = this.SUBRULE(this.braces, { ARGS: ['edge'] });
    return { kind: 'edge', from, to, ...(where && { where }) };
  });

  /** A name in quotes, or `id(name: "…", type: "…", account.id: "…")`. */
  private readonly target = this.RULE('target', (): Target =>
    this.OR<Target>([
      { ALT: () => ({ name: this.SUBRULE(this.quoted) }) },
      {
        ALT: () => {
          const target: Target = {};
          this.CONSUME(t.Id);
          this.CONSUME(t.Open);
          this.AT_LEAST_ONE_SEP({
            SEP: t.Comma,
            DEF: () => {
              const field = this.OR2<keyof Target>([
                { ALT: () => (this.CONSUME(t.NodeName), 'name') },
                { ALT: () => (this.CONSUME(t.NodeType), 'type') },
                { ALT: () => (this.CONSUME(t.AccountId), 'account') },
              ]);
              this.CONSUME(t.Colon);
              target[field] = this.SUBRULE2(this.quoted);
            },
          });
          this.CONSUME(t.Close);
          return target;
        },
      },
    ]),
  );

  private readonly braces = this.RULE('braces', (context: FilterContext): Filter | undefined =>
    this.OPTION(() => {
      this.CONSUME(t.OpenBrace);
      const outer = this.context;
      this.ACTION(() => (this.context = context));
      const where = this.OPTION2(() => this.SUBRULE(this.alternatives));
      this.ACTION(() => (this.context = outer));
      this.CONSUME(t.CloseBrace);
      return where;
    }),
  );

  private readonly rootCause = this.RULE('rootCause', (): Filter => {
    const word = this.CONSUME(t.RootCause);
    const [of, part] = this.ACTION(() => {
      this.allow(word);
      return word.image.toLowerCase().split('.').slice(1) as [CauseOf, CausePart];
    }) ?? ['fault', 'service'];
    const where = this.SUBRULE(this.braces, { ARGS: [`rootcause.${part}`] });
    return { kind: 'rootcause', of, part, ...(where && { where }) };
  });

  private readonly rootCauseJson = this.RULE('rootCauseJson', (): Filter => {
    const word = this.CONSUME(t.RootCauseJson);
    this.ACTION(() => this.allow(word));
    const op = this.CONSUME(t.EqualityOp);
    const json = this.CONSUME(t.JsonArray);
    const item: Filter = { kind: 'rootcause.json', value: this.ACTION(() => readJsonArray(json)) };
    return op.image === '!=' ? { kind: 'not', item } : item;
  });

  private readonly group = this.RULE('group', (): Filter => {
    const word = this.OR([
      { ALT: () => this.CONSUME(t.GroupName) },
      { ALT: () => this.CONSUME(t.GroupArn) },
    ]);
    this.ACTION(() => this.allow(word));
    const op = this.CONSUME(t.EqualityOp);
    const value = this.SUBRULE(this.words);
    const by = this.ACTION(() => (word.tokenType === t.GroupArn ? 'arn' : 'name'));
    return { kind: 'group', by, is: op.image !== '!=', value };
  });

  private readonly boolean = this.RULE('boolean', (): Filter => {
    const word = this.CONSUME(t.BooleanWord);
    this.ACTION(() => this.allow(word));
    let is = true;
    this.OPTION(() => {
      const op = this.CONSUME(t.EqualityOp);
      const truth = this.CONSUME(t.Truth);
      is = (truth.image.toLowerCase() === 'true') === (op.image === '=');
    });
    const keyword = word.image.toLowerCase();
    const filter: Filter = { kind: 'boolean', keyword, is };
    return this.ACTION(() => (this.context === 'trace' ? inOtherWords(filter) : filter));
  });

  private readonly number = this.RULE('number', (): Filter => {
    const word = this.CONSUME(t.NumberWord);
    this.ACTION(() => this.allow(word));
    const keyword = word.image.toLowerCase();
    const filter: Filter = { kind: 'number', keyword };
    this.OPTION(() => {
      const op = this.OR([
        { ALT: () => this.CONSUME(t.EqualityOp) },
        { ALT: () => this.CONSUME(t.OrderOp) },
      ]);
      filter.op = this.ACTION(() => op.image as NumberOp);
      const value = this.CONSUME(t.Numeral);
      filter.value = this.ACTION(() => readNumber(value));
    });
    return filter;
  });

  private readonly text = this.RULE('text', (): Filter => {
    const word = this.CONSUME(t.TextWord);
    this.ACTION(() => this.allow(word));
    const keyword = word.image.toLowerCase();
    const filter: Filter = { kind: 'text', keyword };
    this.OPTION(() => {
      const op = this.OR([
        { ALT: () => this.CONSUME(t.EqualityOp) },
        { ALT: () => this.CONSUME(t.TextSearchOp) },
      ]);
      filter.op = this.ACTION(() => op.image.toUpperCase() as TextOp);
      filter.value = this.SUBRULE(this.words);
    });
    return filter;
  });

  private readonly annotation = this.RULE('annotation', (): Filter => {
    const key = this.OR([
      {
        ALT: () => {
          const dotted = this.CONSUME(t.AnnotationDot);
          return this.ACTION(() => {
            this.allow(dotted, 'annotation.');
            return dottedKey(dotted);
          });
        },
      },
      {
        ALT: () => {
          const keyed = this.CONSUME(t.AnnotationKeyed);
          return this.ACTION(() => {
            this.allow(keyed, 'annotation.');
            return t.keyOf(keyed) || missingKey(keyed.startOffset + 'annotation['.length);
          });
        },
      },
      {
        ALT: () => {
          const word = this.CONSUME(t.Annotation);
          this.ACTION(() => this.allow(word, 'annotation.'));
          this.CONSUME(t.OpenBracket);
          const inner = this.SUBRULE(this.words);
          this.CONSUME(t.CloseBracket);
          return inner;
        },
      },
    ]);
    const filter: Filter = { kind: 'annotation', key };
    this.OPTION(() =>
      this.OR2([
        {
          ALT: () => {
            filter.op = this.CONSUME(t.EqualityOp).image as NumberOp;
            filter.value = this.OR3<string | number | boolean>([
              { ALT: () => this.CONSUME(t.Truth).image.toLowerCase() === 'true' },
              {
                ALT: () => {
                  const value = this.CONSUME(t.Numeral);
                  return this.ACTION(() => readNumber(value));
                },
              },
              { ALT: () => this.SUBRULE(this.quoted) },
              { ALT: () => this.CONSUME(t.Name).image },
            ]);
          },
        },
        {
          ALT: () => {
            filter.op = this.CONSUME(t.OrderOp).image as NumberOp;
            const value = this.CONSUME2(t.Numeral);
            filter.value = this.ACTION(() => readNumber(value));
          },
        },
        {
          ALT: () => {
            filter.op = this.CONSUME(t.TextSearchOp).image.toUpperCase() as TextOp;
            filter.value = this.SUBRULE2(this.words);
          },
        },
      ]),
    );
    return filter;
  });

  private readonly quoted = this.RULE('quoted', (): string => {
    const text = this.CONSUME(t.Text);
    return this.ACTION(() => readText(text));
  });

  /** Text in quotes, or a single word or number without quotes. */
  private readonly words = this.RULE('words', (): string =>
    this.OR([
      { ALT: () => this.SUBRULE(this.quoted) },
      { ALT: () => this.CONSUME(t.Truth).image },
      { ALT: () => this.CONSUME(t.Name).image },
      { ALT: () => this.CONSUME(t.Numeral).image },
    ]),
  );

  /** @throws FilterSyntaxError when `word` has no meaning in the current context. */
  private allow(token: IToken, word = token.image.toLowerCase()): void {
    const words = CONTEXT_WORDS[this.context];
    if (words.includes(word)) return;
    const [at, hint] =
      this.context === 'trace'
        ? ['outside braces', `It belongs in rootcause.….${CAUSE_HOME[word] ?? 'service'} { }`]
        : [
            `in ${CONTEXT_NAMES[this.context]}`,
            `There you can use ${words.map(display).join(', ')}`,
          ];
    throw new FilterSyntaxError(
      `${display(word)} cannot be used ${at}. ${hint}`,
      token.startOffset,
      token.image.length,
      words.map(display),
    );
  }
}

/** At the top level, some keywords are abbreviations for a condition on nodes. */
function inOtherWords(filter: Extract<Filter, { kind: 'boolean' }>): Filter {
  const { trace } = keywordOf('boolean', filter.keyword);
  if (!trace || !('means' in trace)) return filter;
  return filter.is ? trace.means : { kind: 'not', item: trace.means };
}

const CAUSE_HOME: Record<string, string> = { coverage: 'entity', remote: 'entity' };

function display(word: string): string {
  return word === 'annotation.' ? 'annotation.KEY' : word;
}

function dottedKey(token: IToken): string {
  const key = token.image.slice('annotation.'.length);
  return key || missingKey(token.startOffset + token.image.length);
}

function missingKey(position: number): never {
  throw new FilterSyntaxError(
    'The annotation’s key is missing. Write annotation.KEY, or annotation["KEY"] when the key has other characters than letters, digits, "_" and "."',
    position,
    0,
    ['an annotation key'],
  );
}
