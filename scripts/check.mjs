// npm run check: what every change must pass, on two cores; each part prints when it has ended.
import { run } from './ready.mjs';

/** Each row runs in order, beside the others. ESLint with types takes as long as the rest together. */
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
