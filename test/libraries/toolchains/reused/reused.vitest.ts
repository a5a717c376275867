import { afterEach, beforeEach, describe, it } from 'vitest';
import { suite } from './body';

suite({ describe, it, beforeEach, afterEach });
