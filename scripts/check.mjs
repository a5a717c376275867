// npm run check: runs the checks that every change must pass, two at a time. Each prints its output at its end.
import { run } from './ready.mjs';

/** Rows run in parallel; the checks of a row run one after another. ESLint takes as long as the others together. */
const rows = [['lint'], ['format:check', 'typecheck', 'depcruise']];

const results = await Promise.allSettled(
  rows.map(async (scripts) => {
    for (const script of scripts) {
      await run('npm', ['run', '--silent', script], { quiet: true });
      console.log(`✓ ${script}`);
    }
  }),
);
const failures = results.filter(({ status }) => status === 'rejected');
for (const { reason } of failures) console.error(`✗ ${reason.message}`);
process.exitCode = failures.length === 0 ? 0 : 1;
