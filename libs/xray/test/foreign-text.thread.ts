import { parentPort } from 'node:worker_threads';
import { readers } from './foreign-text';
import { WorkCounter } from './work-counter';

/** Answers the name of a reader and texts with what reading each of them came to. */
const counter = new WorkCounter();
parentPort!.on('message', ({ name, texts }: { name: string; texts: string[] }) => {
  const read = readers[name]!;
  read('warm');
  parentPort!.postMessage(texts.map((text) => counter.measure(() => read(text))));
});
