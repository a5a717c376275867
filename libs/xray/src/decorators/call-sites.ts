import { types } from 'node:util';
import type { AnnotationValue } from '../document';
import type { Call, NestFacts, RecordedNode } from '../core/recorded-node';
import type { TraceNode } from '../core/trace-node';
import { textOf } from '../core/foreign-values';
import { runtime } from '../core/runtime';
import type { ParameterRule } from './parameter-rules';
import type { AnyArgs, AnyOptions } from './subsegment.options';

/** A traced method that records only time and failure. All its calls share this object. */
export class CallSite implements Call {
  readonly detailed: boolean = false;
  private facts: NestFacts | undefined = undefined;

  constructor(
    readonly label: string,
    /** Where the decorator is in the code, if that is known. */
    private readonly source: (() => string | undefined) | undefined,
    readonly options: AnyOptions = {},
    readonly rules: readonly ParameterRule[] = [],
  ) {}

  get site(): object {
    return this;
  }

  get nest(): NestFacts | undefined {
    if (!runtime.source || this.source === undefined) return undefined;
    return (this.facts ??= { source: this.source() });
  }

  /** Whether each call needs an object of its own, because arguments or the result are recorded. */
  get wantsDetails(): boolean {
    const { annotations, metadata, captureResult, namespace, onError } = this.options;
    const wanted = annotations ?? metadata ?? onError ?? namespace;
    return wanted !== undefined || captureResult === true || this.rules.length > 0;
  }

  succeeded(): void {}
  failed(): void {}
}

/** One call of a method that records arguments or the result. */
export class DetailedCall implements Call {
  readonly detailed = true;

  constructor(
    readonly site: CallSite,
    private readonly args: unknown[],
  ) {}

  get nest(): NestFacts | undefined {
    return this.site.nest;
  }

  /** Records what is known before the method runs, so that a call that never ends has it too. */
  begin(node: TraceNode): void {
    const { rules, options } = this.site;
    if (options.namespace !== undefined)
      (node as { namespace?: string }).namespace = options.namespace;
    recordArguments(node, rules, this.args);
  }

  succeeded(node: RecordedNode, result: unknown): void {
    this.describe(node, result);
    if (this.site.options.captureResult) node.addMetadata('result', result);
  }

  failed(node: RecordedNode, thrown: unknown): void {
    this.describe(node, undefined);
    const { onError } = this.site.options;
    const verdict = onError && this.attempt(node, 'onError', () => onError(thrown, node));
    if (verdict === 'ignore') return;
    node.addError(thrown);
    if (verdict === undefined) return;
    node.error = node.fault = node.throttle = false;
    if (verdict === 'fault') node.fault = true;
    else node.error = true;
    if (verdict === 'throttle') node.throttle = true;
  }

  private describe(node: RecordedNode, result: unknown): void {
    const { annotations, metadata } = this.site.options;
    if (annotations !== undefined) {
      const values = this.values(node, 'annotations', annotations, result);
      this.each(node, 'annotations', values, (key, value) => annotate(node, key, value));
    }
    if (metadata !== undefined) {
      const values = this.values(node, 'metadata', metadata, result);
      this.each(node, 'metadata', values, (key, value) => node.addMetadata(key, value));
    }
  }

  /** Records each value. One that cannot be read does not keep the others from being recorded. */
  private each(
    node: RecordedNode,
    option: string,
    values: Record<string, unknown> | undefined,
    record: (key: string, value: unknown) => void,
  ): void {
    this.attempt(node, option, () => {
      for (const key in values) this.attempt(node, option, () => record(key, values[key]));
    });
  }

  private values(
    node: RecordedNode,
    option: string,
    given: Record<string, unknown> | ((args: AnyArgs, result: unknown) => Record<string, unknown>),
    result: unknown,
  ): Record<string, unknown> | undefined {
    if (typeof given !== 'function') return given;
    return this.attempt(node, option, () => given(this.args, result));
  }

  /** Runs a callback of the user. The traced call succeeds even if the callback throws. */
  private attempt<T>(node: RecordedNode, option: string, callback: () => T): T | undefined {
    try {
      return callback();
    } catch (problem) {
      const { label } = this.site;
      node.root.owner.warn(
        `${option}:${label}`,
        `The "${option}" callback of @Subsegment() on ${label} threw: ${textOf(problem)}. ` +
          'The call was not affected; what the callback would have recorded is missing.',
      );
      return undefined;
    }
  }
}

/** Records the arguments that have parameter decorators. */
export function recordArguments(
  node: TraceNode,
  rules: readonly ParameterRule[],
  args: readonly unknown[],
): void {
  for (const { index, key, kind, namespace } of rules) {
    try {
      if (kind === 'metadata') node.addMetadata(key, args[index], namespace);
      else annotate(node, key, args[index]);
    } catch {
      // An argument that cannot be read is not recorded; the call goes on with it.
    }
  }
}

function annotate(node: TraceNode, key: string, value: unknown): void {
  if (value === undefined || value === null) return;
  const text = types.isDate(value) || typeof value === 'bigint';
  node.addAnnotation(key, (text ? toText(value) : value) as AnnotationValue);
}

function toText(value: Date | bigint): string {
  if (typeof value === 'bigint') return value.toString();
  return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
}
