import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/**
 * Runs a script of this folder in a process of its own, with `flags` for Node and `args` for the
 * script; what it prints to stderr is an error.
 */
export async function runChild(
  script: string,
  { flags = [], args = [] }: { flags?: string[]; args?: string[] } = {},
): Promise<string> {
  const command = [...flags, '-r', join(__dirname, 'register.cjs'), join(__dirname, script)];
  const child = spawn(process.execPath, [...command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (errors) throw new Error(`${script} failed: ${errors}`);
  return output.trim();
}
