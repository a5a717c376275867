import { Module } from '@nestjs/common';
import { TracesController } from './traces.controller';
import { TraceRetrievalController } from './trace-retrieval.controller';
import { TraceSummaries } from './trace-summaries';

@Module({
  controllers: [TracesController, TraceRetrievalController],
  providers: [TraceSummaries],
})
export class TracesModule {}
