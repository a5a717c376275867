// node scripts/release.mjs [--dry-run] [--out <folder>]: packs both packages as npm would publish them and,
// without --dry-run, publishes these very files with provenance. See CONTRIBUTING.md, "Releases".
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ready, root } from './ready.mjs';

/** In the order they are published. */
const PACKAGES = ['libs/xray', 'libs/local-xray'];

const { values: given } = parseArgs({
  options: { 'dry-run': { type: 'boolean' }, out: { type: 'string', default: 'dist/release' } },
});
const out = resolve(root, given.out);

try {
  const version = sharedVersion();
  const notes = notesOf(version);
  if (!given['dry-run']) requireReleasable(version);
  await ready();
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'notes.md'), notes);
  const tarballs = PACKAGES.map(pack);
  console.log(`The release notes are in ${join(out, 'notes.md')}.`);
  if (given['dry-run']) {
    console.log('Nothing was published (--dry-run).');
  } else {
    for (const tarball of tarballs) {
      run('npm', ['publish', tarball, '--provenance', '--access', 'public'], { stdio: 'inherit' });
    }
  }
} catch (problem) {
  console.error(`Cannot release: ${problem.message}`);
  process.exit(1);
}

/** The version that the workspace and all its packages share. */
function sharedVersion() {
  const { version } = manifest('.');
  for (const folder of ['libs/document', 'libs/trace', ...PACKAGES]) {
    const other = manifest(folder).version;
    if (other !== version) {
      throw new Error(
        `package.json has version ${version}, ${folder}/package.json ${other}. Give them the same one.`,
      );
    }
  }
  return version;
}

/** The section of a version in CHANGELOG.md, without its heading. */
function notesOf(version) {
  const sections = readFileSync(join(root, 'CHANGELOG.md'), 'utf8').split(/^## /m);
  const section = sections.find((text) => text.startsWith(`${version} (`));
  if (section === undefined) {
    throw new Error(
      `CHANGELOG.md has no section "## ${version} (date)". Move what is under "Unreleased" into one.`,
    );
  }
  return section.slice(section.indexOf('\n')).trim() + '\n';
}

/** Throws if npm would reject the packages, or if they could not be traced back to a commit. */
function requireReleasable(version) {
  if (run('git', ['status', '--porcelain']) !== '') {
    throw new Error('there are changes that are not committed. Commit them first.');
  }
  const tag = run('git', ['tag', '--points-at', 'HEAD']).split('\n');
  if (!tag.includes(`v${version}`)) {
    throw new Error(`HEAD has no tag v${version}. Set it: git tag v${version}`);
  }
  for (const folder of PACKAGES) {
    if (manifest(folder).repository === undefined) {
      throw new Error(
        `${folder}/package.json has no "repository", and npm gives provenance only to packages that name ` +
          'the repository they are built in. Add it.',
      );
    }
  }
}

/** Packs a built package into the file that npm would publish. */
function pack(folder) {
  const flags = ['--ignore-scripts', '--json', '--pack-destination', out];
  const [packed] = Object.values(JSON.parse(run('npm', ['pack', `./${folder}`, ...flags])));
  const files = `${packed.files.length} files, ${(packed.size / 1e6).toFixed(2)} MB`;
  console.log(`${packed.name} ${packed.version}: ${files}, ${packed.integrity}`);
  return join(out, packed.filename);
}

function manifest(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}

function run(command, args, options = {}) {
  return execFileSync(command, args, { cwd: root, encoding: 'utf8', ...options })?.trim();
}
