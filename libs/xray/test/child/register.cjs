// Lets a child process run TypeScript as Jest does: with swc, and the repository's aliases.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const { transformSync } = require('@swc/core');

const root = join(__dirname, '../../../..');
const { exclude: _, $schema: __, ...swc } = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8'));
delete swc.jsc.paths;
delete swc.jsc.baseUrl;
const aliases = {
  'nestjs-xray': join(root, 'libs/xray/src/index.ts'),
  'nestjs-xray/testing': join(root, 'libs/xray/src/testing/index.ts'),
};

const resolve = Module._resolveFilename;
Module._resolveFilename = (request, ...rest) => resolve(aliases[request] ?? request, ...rest);
Module._extensions['.ts'] = (module, filename) => {
  const options = { ...swc, swcrc: false, filename, sourceMaps: 'inline' };
  module._compile(transformSync(readFileSync(filename, 'utf8'), options).code, filename);
};
