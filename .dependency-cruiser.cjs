/** Imports point one way: apps → libs/xray, libs/local-xray → libs/document. */

/** The folders of libs/xray/src with those that each may import. All of them may import core. */
const FOLDERS = {
  core: [],
  net: [],
  options: [],
  sampling: ['net'],
  plugins: ['net'],
  emitters: ['net', 'options'],
  instrumentation: [],
  decorators: [],
  entry: ['instrumentation', 'decorators'],
  wiring: [
    ...['net', 'options', 'sampling', 'plugins', 'emitters'],
    ...['instrumentation', 'decorators', 'entry'],
  ],
  interop: [],
  opentelemetry: ['instrumentation'],
  testing: [],
};

/** Files that every folder may import, because they have no side effects. */
const LEAVES = '^libs/xray/src/(document|xray\\.errors|xray\\.options)\\.ts$';

/** The packages that a folder may import. Folders that are not listed may import those in package.json. */
const PACKAGES = { core: 'rxjs', net: '', sampling: '', plugins: '', testing: '' };

const NOT_SPECS = '\\.spec\\.ts$';

const folderRules = Object.entries(FOLDERS).flatMap(([folder, others]) => {
  const from = { path: `^libs/xray/src/${folder}/`, pathNot: NOT_SPECS };
  const allowed = [folder, 'core', ...others].join('|');
  const rules = [
    {
      name: `xray-${folder}-imports-downwards`,
      severity: 'error',
      comment: `libs/xray/src/${folder} may import ${[...others, 'core'].join(', ')} and files without side effects.`,
      from,
      to: {
        path: '^libs/xray/src/',
        pathNot: `^libs/xray/src/(${allowed})/${folder === 'core' ? '|^libs/xray/src/document\\.ts$' : `|${LEAVES}`}`,
      },
    },
  ];
  if (folder in PACKAGES) {
    const packages = PACKAGES[folder];
    rules.push({
      name: `xray-${folder}-needs-few-packages`,
      severity: 'error',
      comment: `libs/xray/src/${folder} needs ${packages || 'no package'}, and Node's modules.`,
      from,
      to: {
        path: 'node_modules/',
        pathNot: packages ? `node_modules/(${packages})/` : undefined,
      },
    });
  }
  return rules;
});

/** The layers of local X-Ray with the folders that each may import, from the lowest to the highest. */
const floors = {
  options: [],
  threads: [],
  trace: [],
  aggregates: [],
  forward: ['options'],
  store: ['aggregates', 'trace'],
  query: ['aggregates', 'trace'],
  ingest: ['forward', 'options', 'store', 'threads', 'trace'],
  reads: ['aggregates', 'query', 'store', 'threads', 'trace'],
  engine: ['ingest', 'options', 'reads', 'store', 'threads'],
  http: ['ingest/document', 'options'],
};
/** Above them the features, one Nest module each. They may import only the features that are listed. */
const features = {
  account: ['groups'],
  console: ['groups'],
  graph: [],
  groups: ['tags'],
  sampling: ['tags'],
  tags: [],
  traces: [],
  transports: [],
};
const src = '^libs/local-xray/src';

const mayImport = (folder, others) => ({
  name: `local-xray-${folder}-stays-on-its-floor`,
  severity: 'error',
  comment: `${folder} imports ${others.join(', ') || 'no other folder'}; see ARCHITECTURE.md.`,
  from: { path: `${src}/${folder}/`, pathNot: '\\.spec\\.ts$' },
  to: {
    path: `${src}/`,
    pathNot: `${src}/(${[folder, ...others].join('|')})/|${src}/(console-api|version)\\.ts$`,
  },
});

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
      comment:
        'Move what two files need from each other into a third file, such as core/trace-node.ts.',
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
      from: { path: '^libs/document/src', pathNot: NOT_SPECS },
      to: { pathNot: '^libs/document/src' },
    },
    {
      name: 'trace-needs-document-alone',
      severity: 'error',
      comment: 'libs/trace runs on the server and in the browser: no Nest, no DOM.',
      from: { path: '^libs/trace/src', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^libs/(trace|document)/src' },
    },
    {
      name: 'xray-and-local-xray-are-strangers',
      severity: 'error',
      comment: 'Only an application connects them, with the in-process emitter.',
      from: { path: '^libs/xray/src' },
      to: { path: '^libs/local-xray' },
    },
    {
      name: 'local-xray-does-not-import-xray',
      severity: 'error',
      from: { path: '^libs/local-xray/src', pathNot: NOT_SPECS },
      to: { path: '^libs/xray' },
    },
    ...folderRules,
    ...Object.entries(floors).map(([folder, others]) => mayImport(folder, others)),
    ...Object.entries(features).map(([folder, others]) =>
      mayImport(folder, [...Object.keys(floors), ...others]),
    ),
    {
      name: 'local-xray-data-knows-no-nest',
      severity: 'error',
      comment: 'Storing, searching and reading run in separate threads, without Nest.',
      from: { path: `${src}/(aggregates|forward|ingest|options|query|reads|store|threads|trace)/` },
      to: { path: 'node_modules/(@nestjs|rxjs)' },
    },
    {
      name: 'xray-folder-without-a-rule',
      severity: 'error',
      comment: 'Add a new folder of libs/xray/src to FOLDERS above, with what it may import.',
      from: { path: `^libs/xray/src/(?!(${Object.keys(FOLDERS).join('|')})/)[^/]+/` },
      to: {},
    },
    {
      name: 'xray-leaves-start-nothing',
      severity: 'error',
      comment: 'Errors and options are imported from everywhere, so they may import only types.',
      from: { path: LEAVES },
      to: {
        path: '^libs/xray/src/',
        pathNot: LEAVES,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'xray-outside-document-by-one-file',
      severity: 'error',
      comment:
        'Import libs/document only through src/document.ts, so that the tarball contains it.',
      from: { path: '^libs/xray/src/', pathNot: '^libs/xray/src/document\\.ts$' },
      to: { path: '^libs/document/' },
    },
    {
      name: 'opentelemetry-is-optional',
      severity: 'error',
      comment: 'Applications that do not import the bridge must not need @opentelemetry/api.',
      from: { path: '^libs/xray/src/(?!opentelemetry/)', pathNot: NOT_SPECS },
      to: { path: 'node_modules/@opentelemetry' },
    },
    {
      name: 'through-the-index',
      severity: 'error',
      comment: 'Other packages may import only the index of a library.',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: {
        path: '^libs/[^/]+/src/.+',
        pathNot:
          '^libs/([^/]+/src/(index|console-api)\\.ts|document/src/exact-json\\.ts|xray/src/(testing/index|interop/aws-sdk|opentelemetry/index)\\.ts)|^$1/$2/',
      },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      // The build output may not exist yet.
      to: { couldNotResolve: true, pathNot: '^\\.\\./dist/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Only our own build output: packages in node_modules that are served from a dist/ must be checked.
    exclude: { path: '^(dist|apps/[^/]+/dist|libs/[^/]+/dist)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
