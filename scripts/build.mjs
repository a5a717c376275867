// npm run build: builds everything. With --stale, builds only what has changed since the last build.
import { build } from './ready.mjs';

await build({ force: !process.argv.includes('--stale') }).catch((problem) => {
  console.error(problem.message);
  process.exit(1);
});
