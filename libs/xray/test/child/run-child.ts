import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Runs a script of this folder in a process of its own; what it prints to stderr is an error. */
export async function runChild(script: string, ...flags: string[]): Promise<string> {
  const args = [...flags, '-r', join(__dirname, 'register.cjs'), join(__dirname, script)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (errors) throw new Error(`${script} failed: ${errors}`);
  return output.trim();
}
