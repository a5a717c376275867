import { TraceStore } from '../src/engine/trace-store';
import { resolveOptions } from '../src/options/local-xray.options';
import { traceReadsContract } from './trace-reads.contract';

traceReadsContract("SQLite in readers' threads", async () => {
  const store = await TraceStore.open(resolveOptions({ database: ':memory:' }));
  return {
    reads: store.reads,
    put: async (documents) => {
      await store.ingest.put(documents.map((each) => JSON.stringify(each)));
    },
    close: () => store.close(),
  };
});
