export { MemoryEmitter } from './memory.emitter';
export { trace, type Traced } from './trace';
