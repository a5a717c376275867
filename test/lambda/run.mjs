/** Builds the functions of aws/lambda with the built package, and invokes them as Lambda does. */
import { buildFunctions } from './build.mjs';
import { checks } from './checks.mjs';

process.exit((await checks(buildFunctions())) ? 1 : 0);
