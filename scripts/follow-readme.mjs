// Follows README.md literally in empty folders, and reports how long each way takes until its first
// trace can be read. Uses the README's own ports and the registry. The packages are those of this
// repository: `nestjs-xray` and `local-xray` are packed, and stand where the README names them.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from './ready.mjs';

const LIMIT_MS = 10 * 60_000;

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'readme-'));
const children = [];
try {
  await ownApp();
  await demo();
} finally {
  for (const child of children) end(child);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** "See it with your own app": from `npx local-xray` to the trace of the README's request. */
async function ownApp() {
  const section = sectionOf('See it with your own app');
  const [install, start] = blocksOf(section, 'sh');
  const [main] = blocksOf(section, 'ts');
  const curl = expected(/`(curl [^`]+)`/.exec(section), 'the request of the own app')[1];
  const viewer = expected(/<(http:[^>]+)>/.exec(section), 'the address of the console')[1];

  const tarballs = pack();
  const app = join(folder, 'app');
  mkdirSync(app);
  const run = (command) => shell(command.replace('nestjs-xray', tarballs['nestjs-xray']), app);
  run('npm init --yes');
  run('npm install @nestjs/common @nestjs/core @nestjs/platform-express reflect-metadata rxjs');
  run('npm install --save-dev typescript@5 @types/node@24');
  run(install);
  writeFileSync(join(app, 'main.ts'), main);
  const options = ['--experimentalDecorators', '--emitDecoratorMetadata', '--skipLibCheck'];
  run(`npx tsc main.ts --target es2023 --module nodenext ${options.join(' ')}`);

  const from = performance.now();
  background(start.replace('npx', `npx --yes --package=${tarballs['local-xray']}`), folder);
  background('node main.js', app);
  await until('local X-Ray answers', () => text(viewer));
  const answer = await until('the own app answers', () => shell(`${curl} --silent --fail`, app));
  const trace = await until('its trace is there', async () => {
    const { rows } = await (await fetch(`${viewer}/console/traces`)).json();
    return rows[0] && text(`${viewer}/traces/${rows[0].id}.md`);
  });
  expected(trace.includes('CartController.total'), 'the decorated method in the trace');
  report(`npx local-xray to the first trace (${answer})`, from);
  for (const child of children.splice(0)) await ended(child);
}

/** "See the demo": from the clone to the trace that its start prints. */
async function demo() {
  const [start] = blocksOf(sectionOf('See the demo'), 'sh');
  const from = performance.now();
  shell(`git clone --quiet ${root} demo`, folder);
  const running = background(start, join(folder, 'demo'));
  const [, link] = await until('the demo prints the link to a trace', () => {
    return /N\+1 in it: (http:\S+)/.exec(running.said);
  });
  const trace = await text(`${link}.md`);
  expected(trace.includes('N+1'), 'the N+1 in the trace');
  report('clone to the first trace', from);
  await ended(running);
}

function sectionOf(title) {
  const at = readme.indexOf(`\n## ${title}\n`);
  expected(at >= 0, `the section "${title}"`);
  return readme.slice(at + 4).split('\n## ')[0];
}

function blocksOf(section, language) {
  const blocks = [...section.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)\`\`\``, 'gm'))];
  return blocks.map((match) => match[1].trim());
}

/** The paths of both packages as npm would publish them. */
function pack() {
  shell('npm run --silent build', root);
  for (const name of ['nestjs-xray', 'local-xray']) {
    shell(`npm pack --ignore-scripts --workspace ${name} --pack-destination ${folder}`, root);
  }
  const files = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  return Object.fromEntries(files.map((file) => [file.replace(/-\d.*$/, ''), join(folder, file)]));
}

function shell(command, cwd) {
  return execFileSync(command, { cwd, shell: true, encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** Starts a command that goes on running, in a process group of its own. */
function background(command, cwd) {
  const child = spawn(command, { cwd, shell: true, detached: true, stdio: 'pipe' });
  child.said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => (child.said += chunk));
  }
  children.push(child);
  return child;
}

function isRunning({ exitCode, signalCode }) {
  return exitCode === null && signalCode === null;
}

function end(child) {
  if (isRunning(child)) process.kill(-child.pid, 'SIGINT');
}

async function ended(child) {
  end(child);
  if (isRunning(child)) await new Promise((done) => child.once('exit', done));
}

async function text(url) {
  const response = await fetch(url);
  expected(response.ok, `an answer from ${url}`);
  return response.text();
}

/** What `look` returns once it is there. */
async function until(what, look) {
  const deadline = Date.now() + LIMIT_MS;
  for (let problem; ;) {
    try {
      const found = await look();
      if (found) return found;
    } catch (thrown) {
      problem = thrown;
    }
    const gone = !children.every(isRunning);
    if (gone || Date.now() > deadline) {
      const said = children.map((child) => child.said).join('\n');
      throw new Error(`README.md was followed, but in vain: waited until ${what}.\n${said}`, {
        cause: problem,
      });
    }
    await delay(100);
  }
}

function expected(found, what) {
  if (!found) throw new Error(`README.md was followed, but this is missing: ${what}.`);
  return found;
}

function report(what, from) {
  console.log(`${what}: ${((performance.now() - from) / 1000).toFixed(1)} s`);
}
