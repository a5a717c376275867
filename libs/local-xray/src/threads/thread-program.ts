import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The file of a thread's program. Compiled code has it beside the code that starts it. Tests run from TypeScript, which
 * threads cannot load: the variable XRAY_THREAD_PROGRAMS names the folder where test/support/thread-programs.mjs has
 * put the compiled programs.
 */
export function threadProgram(folder: string, name: string): { file: string } {
  const beside = join(folder, `${name}.js`);
  if (existsSync(beside)) return { file: beside };
  return { file: join(process.env.XRAY_THREAD_PROGRAMS ?? folder, `${name}.js`) };
}
