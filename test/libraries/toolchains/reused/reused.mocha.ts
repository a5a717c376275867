import { suite } from './body';

suite({ describe, it, beforeEach, afterEach });
