import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root, until } from '../stack';

const run = promisify(execFile);

export type Package = 'nestjs-xray' | 'local-xray';

/** A folder of its own, with what npm would publish of this repository. */
export class Packed {
  readonly folder = mkdtempSync(join(tmpdir(), 'packed-'));
  readonly tarballs = new Map<Package, string>();

  static async of(...packages: Package[]): Promise<Packed> {
    const packed = new Packed();
    for (const name of packages) {
      // Built already: two packs at once must not clear away what the other is about to read.
      const flags = ['--ignore-scripts', '--json', '--pack-destination', packed.folder];
      const { stdout } = await run('npm', ['pack', '--workspace', name, ...flags], { cwd: root });
      const listing = JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as
        { filename: string }[] | Record<string, { filename: string }>;
      packed.tarballs.set(name, join(packed.folder, Object.values(listing)[0]!.filename));
    }
    return packed;
  }

  /** An empty folder in which `packages` are installed, with packages of the registry by their versions. */
  async install(
    name: string,
    packages: Package[],
    others: Record<string, string> = {},
  ): Promise<Installed> {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    const ours = packages.map((each) => [each, `file:${this.tarballs.get(each)}`]);
    const dependencies = { ...Object.fromEntries(ours), ...others };
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ name, private: true, dependencies }),
    );
    const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
    await run('npm', ['install', ...flags], { cwd: folder });
    return new Installed(folder);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Installed {
  constructor(readonly folder: string) {}

  /** Bytes below a folder in it. */
  bytes(path = 'node_modules'): number {
    const full = join(this.folder, path);
    return readdirSync(full, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  }

  /** Names of the packages in node_modules. */
  packages(): string[] {
    const lock = JSON.parse(
      readFileSync(join(this.folder, 'node_modules/.package-lock.json'), 'utf8'),
    ) as { packages: Record<string, object> };
    return Object.keys(lock.packages).map((path) => path.replace(/^node_modules\//, ''));
  }

  /** Compiles files as a strict project of its own would, the declarations of what it uses included. */
  async compile(files: Record<string, string>): Promise<void> {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text);
    const config = {
      compilerOptions: {
        module: 'nodenext',
        target: 'es2022',
        strict: true,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        useDefineForClassFields: false,
        skipLibCheck: false,
        types: ['node'],
        outDir: 'dist',
      },
      files: Object.keys(files),
    };
    writeFileSync(join(this.folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    await run(process.execPath, [tsc, '-p', this.folder], { cwd: this.folder }).catch(
      ({ stdout }: { stdout: string }) => {
        // Not what other packages' declarations have wrong among themselves.
        const ours = stdout
          .split('\n')
          .filter((line) => !/^node_modules\/(?!nestjs-xray|local-xray)| {2}/.test(line));
        if (ours.join('') !== '') throw new Error(ours.join('\n'));
      },
    );
  }

  /** What `npx <command>` prints to its end. */
  async npx(...command: string[]): Promise<string> {
    const { stdout } = await run('npx', ['--no-install', ...command], { cwd: this.folder });
    return stdout;
  }

  /** Starts a command and resolves once it printed what is waited for. */
  async start(command: string, args: string[], ready: string, env = {}): Promise<Running> {
    const child = spawn(command, args, {
      cwd: this.folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const running = new Running(child);
    await until(`"${command} ${args.join(' ')}" to print ${ready}`, () => {
      if (running.output.includes(ready)) return true;
      if (child.exitCode !== null) throw new Error(running.output);
      return false;
    });
    return running;
  }
}

export class Running {
  output = '';

  constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}
