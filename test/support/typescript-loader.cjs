// Lets Node load TypeScript, compiled as for Jest: for threads that tests start. What was compiled is
// kept, by the time of its change.
const { createHash } = require('node:crypto');
const {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');

const ROOT = join(__dirname, '..', '..');
const CACHE = join(ROOT, 'node_modules', '.cache', 'threads');
const ALIASES = {
  '@nestjs-xray/document': join(ROOT, 'libs/document/src/index.ts'),
  '@nestjs-xray/trace': join(ROOT, 'libs/trace/src/index.ts'),
  // One file instead of the some three hundred that its entry point loads, in each of the threads anew.
  chevrotain: join(ROOT, 'node_modules/chevrotain/lib/chevrotain.mjs'),
};
const options = JSON.parse(readFileSync(join(ROOT, '.swcrc'), 'utf8'));
delete options.exclude;
delete options.$schema;
delete options.jsc.paths;
delete options.jsc.baseUrl;
mkdirSync(CACHE, { recursive: true });

const resolve = Module._resolveFilename;
Module._resolveFilename = (request, ...rest) =>
  ALIASES[request] ?? resolve.call(Module, request, ...rest);

Module._extensions['.ts'] = (module, file) => {
  const { mtimeMs, size } = statSync(file);
  const key = createHash('sha1').update(`${file} ${mtimeMs} ${size}`).digest('hex');
  const kept = join(CACHE, `${key}.js`);
  if (!existsSync(kept)) {
    const { code } = require('@swc/core').transformSync(readFileSync(file, 'utf8'), {
      ...options,
      filename: file,
      swcrc: false,
      sourceMaps: 'inline',
    });
    const mine = `${kept}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    writeFileSync(mine, code);
    renameSync(mine, kept);
  }
  module._compile(readFileSync(kept, 'utf8'), file);
};
