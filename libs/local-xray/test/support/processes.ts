import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Variables that every AWS client wants to have; nobody verifies what is signed with them. */
export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_DEFAULT_REGION: 'eu-west-1',
  AWS_REGION: 'eu-west-1',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/** Runs a program to its end; what it wrote is returned whatever its exit code. */
export async function runProgram(
  program: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    const { stdout, stderr } = await run(program, args, {
      env: { ...process.env, ...CREDENTIALS, ...env },
      timeout: 60_000,
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

/**
 * Describes what needs a program of Debian's. Where it is missing the suite is skipped and says so; under
 * CI=true it fails.
 *
 * @param check a command that ends with 0 when it is there
 */
export function describeWith(
  name: string,
  packages: string,
  check: [program: string, ...args: string[]],
  suite: () => void,
): void {
  const [program, ...args] = check;
  const there = existsSync(program) && spawnSync(program, args).status === 0;
  if (there) describe(name, suite);
  else if (process.env.CI === 'true') {
    describe(name, () => {
      it('has its client installed', () => {
        throw new Error(`${name} needs Debian's ${packages}: apt-get install -y ${packages}`);
      });
    });
  } else {
    describe(name, () => {
      it.skip(`is skipped: apt-get install -y ${packages} to run it`, () => undefined);
    });
  }
}
