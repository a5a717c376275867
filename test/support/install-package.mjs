import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Puts nestjs-xray into `modules`, a node_modules, as users get it: what it asks for is found there. */
export function installPackage(modules) {
  const packed = mkdtempSync(join(tmpdir(), 'nestjs-xray-pack-'));
  const pack = ['pack', '--silent', '--workspace', 'nestjs-xray', '--pack-destination', packed];
  execFileSync('npm', pack, {
    cwd: resolve(import.meta.dirname, '../..'),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const target = join(modules, 'nestjs-xray');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  const [tarball] = readdirSync(packed);
  execFileSync('tar', ['-xzf', join(packed, tarball), '-C', target, '--strip-components=1']);
  rmSync(packed, { recursive: true });
}
