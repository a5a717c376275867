/**
 * `import 'nestjs-xray/aws-sdk'`, before anything else, lets aws-xray-sdk-core use the segments of
 * this package. `AWSXRay.getSegment()`, `captureAsyncFunc`, `captureAWSv3Client`,
 * `captureHTTPsGlobal`, aws-xray-sdk-postgres and other code for the SDK nest under our segments,
 * and ours under theirs. The SDK's own context and its async_hooks are not used.
 */
import { Logger } from '@nestjs/common';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { graft, type SdkClasses } from './graft';
import { namespace } from './namespace';

const NAME = 'AWSXRay';

interface Sdk extends SdkClasses {
  enableAutomaticMode(): void;
  setContextMissingStrategy(strategy: string): void;
}

interface Cls {
  createNamespace(name: string): unknown;
  getNamespace(name: string): unknown;
}

install();

function install(): void {
  const registry = process as unknown as { namespaces?: Record<string, unknown> };
  const earlier = registry.namespaces?.[NAME];
  if (earlier === namespace) return;
  if (earlier !== undefined && earlier !== null) {
    new Logger('XrayModule').warn(
      "aws-xray-sdk-core was loaded before 'nestjs-xray/aws-sdk'. They work together, but the " +
        "SDK's async hook stays on and slows down every promise. Import 'nestjs-xray/aws-sdk' in " +
        'the first line of the application, or start it with AWS_XRAY_MANUAL_MODE=1.',
    );
  }
  const { require: from, path } = findSdk();
  replaceNamespace(createRequire(path));
  (registry.namespaces ??= Object.create(null) as Record<string, unknown>)[NAME] = namespace;
  const sdk = from(path) as Sdk;
  // With AWS_XRAY_MANUAL_MODE the SDK would not look for a context at all.
  sdk.enableAutomaticMode();
  if (!process.env.AWS_XRAY_CONTEXT_MISSING) sdk.setContextMissingStrategy('IGNORE_ERROR');
  graft(sdk);
}

/** The application's copy, or else the one next to this package. */
function findSdk(): { require: NodeJS.Require; path: string } {
  // A bundle of ES modules has no `__filename`.
  const here = typeof __filename === 'undefined' ? undefined : __filename;
  for (const from of [join(process.cwd(), 'package.json'), require.main?.filename, here]) {
    if (from === undefined) continue;
    try {
      const near = createRequire(from);
      return { require: near, path: near.resolve('aws-xray-sdk-core') };
    } catch {
      // Not found there; try the next place.
    }
  }
  throw new Error(
    "Cannot load 'nestjs-xray/aws-sdk': aws-xray-sdk-core is not installed. " +
      'Install it (npm install aws-xray-sdk-core), leave it external in a bundle, or remove this import.',
  );
}

/** Loading cls-hooked, as the SDK does for its namespace, turns on an async hook permanently. */
function replaceNamespace(require: NodeJS.Require): void {
  const cls = require('cls-hooked/context') as Cls;
  const create = cls.createNamespace.bind(cls);
  cls.createNamespace = (name) => (name === NAME ? namespace : create(name));
}
