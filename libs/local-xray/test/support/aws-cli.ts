import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CREDENTIALS } from './processes';

/** What a command ended with and wrote. */
interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** The AWS CLI in one process: to load it takes a second of CPU time, which each command would spend. */
export class AwsCli {
  private readonly process = spawn(
    // Debian's, which has Debian's awscli.
    '/usr/bin/python3',
    [join(__dirname, '..', 'clients', 'aws_cli.py')],
    { env: { ...process.env, ...CREDENTIALS }, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  private readonly ended = once(this.process, 'close');
  private readonly answers = createInterface({ input: this.process.stdout })[
    Symbol.asyncIterator
  ]();

  constructor() {
    // If the process has ended, run() says so.
    this.process.stdin.on('error', () => undefined);
  }

  /** Runs `aws` with these arguments. Only one command at a time. */
  async run(...args: string[]): Promise<Ended> {
    this.process.stdin.write(`${JSON.stringify(args)}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error(`The AWS CLI ended while it ran "aws ${args.join(' ')}".`);
    return JSON.parse(value) as Ended;
  }

  async stop(): Promise<void> {
    this.process.kill();
    await this.ended;
  }
}
