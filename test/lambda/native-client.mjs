/**
 * Builds the native part of aws-lambda-ric, which its install script would with autotools, CMake and
 * half a minute for a curl of its own: here are the same sources, linked with the system's curl.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function buildNativeClient(modules, folder) {
  const ric = join(modules, 'aws-lambda-ric');
  const addon = join(ric, 'rapid-client.node');
  if (existsSync(addon)) return;
  const sources = join(folder, 'native');
  mkdirSync(sources, { recursive: true });
  for (const archive of ['aws-lambda-cpp', 'curl']) {
    const wanted = archive === 'curl' ? ['--wildcards', '*/include/curl/*'] : [];
    const file = join(ric, 'deps', `${archive}.tar.xz`);
    // Apple's tar left marks in them that GNU's warns about.
    const flags = ['--warning=no-unknown-keyword', '-xJf', file, '-C', sources];
    execFileSync('tar', [...flags, ...wanted]);
  }
  const template = readFileSync(join(sources, 'src/version.cpp.in'), 'utf8');
  const version = join(sources, 'src/version.cpp');
  writeFileSync(version, template.replace(/@PROJECT_VERSION_\w+@/g, '0').replace(/@\w+@/g, '0'));
  const include = [
    join(sources, 'include'),
    join(modules, 'node-addon-api'),
    join(modules, 'node24/include/node'),
  ];
  const built = `${addon}.new`;
  execFileSync('g++', [
    ...['-std=c++20', '-O0', '-fPIC', '-shared', '-w', '-DNODE_ADDON_API_CPP_EXCEPTIONS'],
    ...include.map((path) => `-I${path}`),
    ...['-o', built, join(ric, 'src/native/rapid-client.cc')],
    ...['runtime', 'logging', 'version'].map((name) => join(sources, 'src', `${name}.cpp`)),
    '-l:libcurl.so.4',
  ]);
  renameSync(built, addon);
}
