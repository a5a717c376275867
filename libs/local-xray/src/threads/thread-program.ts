import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkerOptions } from 'node:worker_threads';

/**
 * The file of a thread's program, and the options to run it. Compiled code runs unchanged. TypeScript needs a loader,
 * which the variable XRAY_THREAD_LOADER names; the tests use test/support/typescript-loader.cjs.
 */
export function threadProgram(folder: string, name: string): { file: string } & WorkerOptions {
  const compiled = join(folder, `${name}.js`);
  if (existsSync(compiled)) return { file: compiled };
  const loader = process.env.XRAY_THREAD_LOADER;
  return { file: join(folder, `${name}.ts`), execArgv: loader ? ['--require', loader] : [] };
}
