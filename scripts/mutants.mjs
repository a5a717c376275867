// Breaks the toolkit on purpose, one line at a time, and runs the specs that should notice:
// `node scripts/mutants.mjs [name]`. Each file is put back as it was.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCE = 'libs/xray/src';

/** Changes that the tests once did not notice, with the tests that must notice them now. */
const MUTANTS = [
  {
    name: "a second subscription's call",
    file: 'core/later.ts',
    from: '    node.call = this.call;\n',
    to: '',
    spec: 'libs/xray/src/decorators/return-shapes.spec.ts',
    test: 'a second subscription',
  },
  {
    name: 'counts inherited when new central rules come',
    file: 'sampling/central-rule.ts',
    from: '    this.counts = earlier.counts;\n',
    to: '',
    spec: 'libs/xray/test/central-sampling.e2e-spec.ts',
    test: 'before new rules came',
  },
  {
    name: 'Retry-After',
    file: 'emitters/otlp.emitter.ts',
    from: 'known.waitMs ?? doubling',
    to: 'doubling',
    spec: 'libs/xray/test/otlp.e2e-spec.ts',
    test: 'waits as long',
  },
  {
    name: 'queued undici request through a Pool of one connection',
    file: 'instrumentation/outgoing/fetch.ts',
    from: 'if (active !== undefined) contexts.set(options, active);',
    to: '',
    spec: 'libs/xray/test/outgoing-http.e2e-spec.ts',
    test: 'only connection of',
  },
  {
    name: 'early unsubscribe of a ClientProxy call',
    file: 'instrumentation/outgoing/nest-clients.ts',
    from: 'return () => {\n      subsegment?.close();',
    to: 'return () => {',
    spec: 'libs/xray/test/outgoing-rpc.e2e-spec.ts',
    test: 'nobody waits',
  },
  {
    name: 'second DNS look-up',
    file: 'emitters/udp-socket.ts',
    from: '    this.refresh();\n',
    to: '',
    spec: 'libs/xray/test/faults.e2e-spec.ts',
    test: 'another address',
  },
  {
    name: 'undo of inherited wrappers',
    file: 'decorators/shared-wrappers.ts',
    from: 'else Reflect.deleteProperty(owner, key);',
    to: '',
    spec: 'libs/xray/test/module.e2e-spec.ts',
    test: 'wrappers of inherited methods',
  },
  {
    name: 'late segments reported once',
    file: 'core/open-segments.ts',
    from: '      this.remove(segment);\n',
    to: '',
    spec: 'libs/xray/test/faults.e2e-spec.ts',
    test: 'reported once',
  },
  {
    name: 'warning about an unknown AWS_XRAY_CONTEXT_MISSING',
    file: 'wiring/context-missing.ts',
    from: "  recorder.warn(\n    'context-missing',",
    to: "  [].concat(\n    'context-missing',",
    spec: 'libs/xray/test/module.e2e-spec.ts',
    test: 'says what there is not',
  },
  {
    name: 'the length of a line that may be a stack frame',
    file: 'core/stack-frame.ts',
    from: '  if (line.length > MAX_LINE) return undefined;\n',
    to: '',
    spec: 'libs/xray/test/foreign-text.e2e-spec.ts',
    test: 'a line of a stack',
  },
  {
    name: 'the end of a budget for metadata',
    file: 'core/metadata-copier.ts',
    from: 'if (list.length >= MAX_ITEMS || this.budget.isSpent) {',
    to: 'if (list.length >= MAX_ITEMS) {',
    spec: 'libs/xray/src/core/safe-metadata.spec.ts',
    test: 'budget',
  },
  {
    name: 'subsegments begun below one that has left',
    file: 'core/subsegment.ts',
    from: ' || this.parent.hasLeft',
    to: '',
    spec: 'libs/xray/test/many-subsegments.e2e-spec.ts',
    test: 'keep their place',
  },
  {
    name: 'a closed subsegment with an open one below it',
    file: 'core/take-closed.ts',
    from: ' || node.subsegments!.some(stays)',
    to: '',
    spec: 'libs/xray/test/many-subsegments.e2e-spec.ts',
    test: 'anywhere below them',
  },
  {
    name: 'a link that is there already',
    file: 'core/links.ts',
    from: '  if (links.some(({ id, trace_id }) => id === other.id && trace_id === other.trace_id)) return;\n',
    to: '',
    spec: 'libs/xray/test/links.e2e-spec.ts',
    test: 'has each link once',
  },
  {
    name: 'a name of which nothing may stay',
    file: 'core/safe-name.ts',
    from: "|| 'unnamed'",
    to: "|| ''",
    spec: 'libs/xray/src/core/safe-name.spec.ts',
    test: '',
  },
  {
    name: 'a clock that was set back',
    file: 'core/clock.ts',
    from: '<= TOLERANCE_MS',
    to: '<= 1e12',
    spec: 'libs/xray/test/faults.e2e-spec.ts',
    test: 'set back',
  },
  {
    name: 'the first loss of a trace in parts',
    file: 'emitters/outcomes.ts',
    from: 'shipment.lost ?? outcome',
    to: 'outcome',
    spec: 'libs/xray/src/emitters/outcomes.spec.ts',
    test: '',
  },
  {
    name: 'siblings of several parents in one document',
    file: 'emitters/udp/siblings.ts',
    from: 'parent !== this.parent || ',
    to: '',
    spec: 'libs/xray/test/many-subsegments.e2e-spec.ts',
    test: 'keep their place',
  },
  {
    name: 'the end of siblings that share a document',
    file: 'emitters/udp/siblings.ts',
    from: '    if (end_time > this.end) this.end = end_time;\n',
    to: '',
    spec: 'libs/xray/src/emitters/udp/siblings.spec.ts',
    test: '',
  },
  {
    name: 'open subsegments sent alone',
    file: 'emitters/udp/split.ts',
    from: '      if (end_time === undefined) this.packer.flush();\n',
    to: '',
    spec: 'libs/xray/src/emitters/udp/split.spec.ts',
    test: '',
  },
  {
    name: 'the largest subsegments leave first',
    file: 'emitters/udp/split.ts',
    from: '.sort((a, b) => b.bytes - a.bytes)',
    to: '',
    spec: 'libs/xray/src/emitters/udp/split.spec.ts',
    test: '',
  },
  {
    name: 'the next second of a reservoir',
    file: 'sampling/reservoir.ts',
    from: '      this.taken = 0;\n',
    to: '',
    spec: 'libs/xray/src/sampling/local.sampler.spec.ts',
    test: '',
  },
  {
    name: 'the method in a sampling rule',
    file: 'sampling/rule-match.ts',
    from: '(request.method === undefined || isMethod(request.method)) &&',
    to: '',
    spec: 'libs/xray/src/sampling/local.sampler.spec.ts',
    test: '',
  },
  {
    name: 'a host that is not known to a sampling rule',
    file: 'sampling/rule-match.ts',
    from: '(request.host === undefined || isHost(request.host))',
    to: "isHost(request.host ?? '')",
    spec: 'libs/xray/src/sampling/local.sampler.spec.ts',
    test: '',
  },
  {
    name: 'an argument that is undefined',
    file: 'decorators/call-sites.ts',
    from: '  if (value === undefined || value === null) return;\n',
    to: '',
    spec: 'libs/xray/src/decorators/subsegment.decorator.spec.ts',
    test: '',
  },
  {
    name: "onError: 'ignore'",
    file: 'decorators/call-sites.ts',
    from: "    if (verdict === 'ignore') return;\n",
    to: '',
    spec: 'libs/xray/src/decorators/subsegment.decorator.spec.ts',
    test: '',
  },
  {
    name: 'a class opted out between two traced ones',
    file: 'decorators/wrap-class.ts',
    from: ' || isOptedOut(from)',
    to: '',
    spec: 'libs/xray/src/decorators/subsegment.decorator.spec.ts',
    test: '',
  },
  {
    name: 'a request from a quota that is not counted as sampled',
    file: 'sampling/central-rule.ts',
    from: 'if (!this.reservoir.take(this.quota)) return false;\n      this.counts.sampled++;',
    to: 'if (!this.reservoir.take(this.quota)) return false;',
    spec: 'libs/xray/test/central-sampling.e2e-spec.ts',
    test: 'until the TTL',
  },
  {
    name: 'the order of rules with one priority',
    file: 'sampling/central.sampler.ts',
    from: 'a.Priority - b.Priority || (a.RuleName < b.RuleName ? -1 : 1)',
    to: 'a.Priority - b.Priority',
    spec: 'libs/xray/test/central-sampling.e2e-spec.ts',
    test: 'then by name',
  },
  {
    name: 'further pages of rules',
    file: 'sampling/central.sampler.ts',
    from: 'token ? { NextToken: token } : {}',
    to: '{}',
    spec: 'libs/xray/test/central-sampling.e2e-spec.ts',
    test: 'all pages',
  },
  {
    name: 'the interval between statistics',
    file: 'sampling/central-rule.ts',
    from: "if (typeof target.Interval === 'number') this.interval = Math.max(1, target.Interval);",
    to: '',
    spec: 'libs/xray/test/central-sampling.e2e-spec.ts',
    test: 'as often as',
  },
  {
    name: 'the length of an annotation',
    file: 'core/annotations.ts',
    from: '(value as string).slice(0, MAX_VALUE)',
    to: '(value as string)',
    spec: 'libs/xray/src/core/segment.spec.ts',
    test: '1,000 characters',
  },
  {
    name: 'the length of a chain of causes',
    file: 'core/cause.ts',
    from: '    if (exceptions.length >= MAX_CHAIN) return undefined;\n',
    to: '',
    spec: 'libs/xray/src/core/cause.spec.ts',
    test: 'at most ten',
  },
  {
    name: 'an exception of status 429',
    file: 'core/cause.ts',
    from: '    if (status === 429) node.throttle = true;\n',
    to: '',
    spec: 'libs/xray/src/core/cause.spec.ts',
    test: 'of 429',
  },
  {
    name: 'stars at the end of a glob',
    file: 'core/glob.ts',
    from: "  while (glob[g] === '*') g++;\n",
    to: '',
    spec: 'libs/xray/src/core/glob.spec.ts',
    test: '',
  },
];

const [only] = process.argv.slice(2);
const chosen = MUTANTS.filter(({ name }) => only === undefined || name.includes(only));
let killed = 0;
for (const mutant of chosen) {
  const outcome = run(mutant);
  if (outcome === 'killed') killed++;
  console.log(`${outcome.padEnd(9)} ${mutant.name}`);
}
console.log(`${killed} of ${chosen.length} killed`);
process.exitCode = killed === chosen.length ? 0 : 1;

function run({ file, from, to, spec, test }) {
  const path = join(ROOT, SOURCE, file);
  const before = readFileSync(path, 'utf8');
  if (before.split(from).length !== 2) return 'not found';
  writeFileSync(
    path,
    before.replace(from, () => to),
  );
  try {
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
    const args = [jest, spec, '-t', test, '-w', '1', '--forceExit', '--testTimeout', '12000'];
    // With a time limit, because a mutant may never end.
    const { status } = spawnSync(process.execPath, args, { cwd: ROOT, timeout: 120_000 });
    return status === 0 ? 'survived' : 'killed';
  } finally {
    writeFileSync(path, before);
  }
}
