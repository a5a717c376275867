// npm run build: everything, changed or not; with --stale only what changed since it was last built.
import { build } from './ready.mjs';

await build({ force: !process.argv.includes('--stale') }).catch((problem) => {
  console.error(problem.message);
  process.exit(1);
});
