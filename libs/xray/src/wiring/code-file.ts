import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, join } from 'node:path';
import type { Place } from './class-place';

export const isInPackage = (path: string): boolean => /(^|[/\\])node_modules[/\\]/.test(path);

/** A file of the application, which may contain many source files. */
export class CodeFile {
  /** Whether it seems to contain packages as well. */
  readonly hasPackages: boolean;
  readonly text: string;
  readonly lines: string[];
  private readonly map: SourceMap | undefined;

  constructor(file: string) {
    this.text = readFileSync(file, 'utf8');
    const { text } = this;
    this.lines = text.split('\n');
    // Code that no application writes itself: the key under which Nest stores the providers of a
    // module.
    this.hasPackages = /design:paramtypes/.test(text) && /self:paramtypes/.test(text);
    this.map = this.hasPackages ? sourceMapOf(file, text) : undefined;
  }

  sourceOf({ line, column }: Place): string | undefined {
    if (!this.hasPackages) return undefined;
    const entry = this.map?.findEntry(line, column);
    if (entry && 'originalSource' in entry) return entry.originalSource;
    return this.pathAbove(line);
  }

  /** The source file that contains a line, as bundlers write it above each file's code. */
  pathAbove(line: number): string | undefined {
    for (let at = line; at >= 0; at--) {
      const path = /^\s*;?\/\/ (?:CONCATENATED MODULE: )?(\S+\.[cm]?[jt]sx?)$/.exec(
        this.lines[at]!.slice(0, 500),
      )?.[1];
      if (path !== undefined) return path;
    }
    return undefined;
  }
}

function sourceMapOf(file: string, text: string): SourceMap | undefined {
  const url = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(text.slice(-1_000))?.[1] ?? `${file}.map`;
  try {
    const payload = readFileSync(join(dirname(file), url.replace(/^.*\//, '')), 'utf8');
    return new SourceMap(JSON.parse(payload) as SourceMapPayload);
  } catch {
    return undefined;
  }
}
