// npm run build: everything, changed or not.
import { build } from './ready.mjs';

await build({ force: true }).catch((problem) => {
  console.error(problem.message);
  process.exit(1);
});
