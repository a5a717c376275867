import { Session, type Profiler } from 'node:inspector';

/** What some work came to, counted and not timed. */
export interface Work {
  /** Blocks of this library's code that ran, and characters that text functions of V8 went through. */
  steps: number;
  /** The longest text that a regular expression was given. */
  longestMatched: number;
  /** How often a regular expression was applied. */
  matches: number;
}

type Exec = (this: RegExp, text: string) => RegExpExecArray | null;

/**
 * Counts the work of this library: by V8's own counts of blocks, and by looking over the shoulder
 * of what goes through text. What a regular expression does inside of one match is not seen; hence
 * the length of what it is given.
 */
export class WorkCounter {
  private readonly session = new Session();

  constructor() {
    this.session.connect();
    this.session.post('Profiler.enable');
    this.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  measure(work: () => unknown): Work {
    const seen: Work = { steps: 0, longestMatched: 0, matches: 0 };
    const restore = watchText(seen);
    this.blocks();
    try {
      work();
    } finally {
      restore();
    }
    seen.steps += this.blocks();
    return seen;
  }

  /** Like `measure`, for asynchronous work, without what texts come to. */
  async blocksDuring(work: () => Promise<unknown>): Promise<number> {
    this.blocks();
    await work();
    return this.blocks();
  }

  close(): void {
    this.session.post('Profiler.stopPreciseCoverage');
    this.session.disconnect();
  }

  /** Blocks that ran since it was asked last. */
  private blocks(): number {
    let count = 0;
    this.session.post(
      'Profiler.takePreciseCoverage',
      (problem: Error | null, { result }: Profiler.TakePreciseCoverageReturnType) => {
        if (problem) throw problem;
        for (const { url, functions } of result) {
          if (!/\/libs\/(xray|document)\/src\//.test(url)) continue;
          for (const { ranges } of functions) for (const range of ranges) count += range.count;
        }
      },
    );
    return count;
  }
}

const THROUGH = [
  'indexOf',
  'lastIndexOf',
  'includes',
  'split',
  'replaceAll',
  'toLowerCase',
  'trim',
];

function watchText(seen: Work): () => void {
  const undo: (() => void)[] = [];
  const replace = (owner: object, key: string, value: (...args: never[]) => unknown) => {
    const before = Object.getOwnPropertyDescriptor(owner, key)!;
    Object.defineProperty(owner, key, { ...before, value });
    undo.push(() => Object.defineProperty(owner, key, before));
  };
  const { exec } = RegExp.prototype as { exec: Exec };
  replace(RegExp.prototype, 'exec', function (this: RegExp, text: string) {
    const from = this.global || this.sticky ? this.lastIndex : 0;
    const match = exec.call(this, text);
    const to = match === null ? text.length : match.index + match[0].length;
    seen.steps += to - from + 1;
    seen.matches++;
    seen.longestMatched = Math.max(seen.longestMatched, text.length);
    return match;
  });
  for (const key of THROUGH) {
    const original = (
      String.prototype as unknown as Record<string, (...args: unknown[]) => unknown>
    )[key]!;
    replace(String.prototype, key, function (this: string, ...args: unknown[]) {
      const result = original.apply(this, args);
      // A search goes from where it is told to where it finds something.
      const from = key === 'indexOf' ? Number(args[1] ?? 0) : 0;
      const to = key === 'indexOf' && (result as number) >= 0 ? (result as number) : this.length;
      seen.steps += to - from + 1;
      return result;
    });
  }
  return () => undo.forEach((each) => each());
}
