/** Imports point one way: apps → libs/xray, libs/local-xray → libs/document. */
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'Types may refer to each other; running code may not.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-circular-types',
      severity: 'error',
      comment: 'What two files need of each other goes into a third, as core/trace-node.ts does.',
      from: { path: '^libs/(xray|document)/' },
      to: { circular: true },
    },
    {
      name: 'libs-know-no-app',
      severity: 'error',
      from: { path: '^libs' },
      to: { path: '^apps' },
    },
    {
      name: 'document-stands-alone',
      severity: 'error',
      comment: 'libs/document has no dependencies.',
      from: { path: '^libs/document/src', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^libs/document/src' },
    },
    {
      name: 'xray-and-local-xray-are-strangers',
      severity: 'error',
      comment: 'An app joins them with the in-process emitter.',
      from: { path: '^libs/xray/src' },
      to: { path: '^libs/local-xray' },
    },
    {
      name: 'local-xray-does-not-import-xray',
      severity: 'error',
      from: { path: '^libs/local-xray/src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/xray' },
    },
    {
      name: 'core-knows-no-nest',
      severity: 'error',
      from: { path: '^libs/xray/src/core', pathNot: '\\.spec\\.ts$' },
      to: {
        path: '(node_modules/(@nestjs|rxjs))|(^libs/xray/src/(entry|decorators|instrumentation|wiring|emitters|interop|testing))',
      },
    },
    {
      name: 'through-the-index',
      severity: 'error',
      comment: 'What another package needs of a library is exported by its index.',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: {
        path: '^libs/[^/]+/src/.+',
        pathNot:
          '^libs/([^/]+/src/(index|console-api)\\.ts|document/src/exact-json\\.ts|xray/src/(testing/index|interop/aws-sdk)\\.ts)|^$1/$2/',
      },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
