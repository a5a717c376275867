import { Module } from '@nestjs/common';
import { TraceStore } from '../engine/trace-store';
import { McpController } from '../mcp/mcp.controller';
import { TableTexts } from './table-texts';
import { TextsController } from './texts.controller';
import { TraceTexts } from './trace-texts';

/** Traces as text: for terminals, for issues, and for coding agents. */
@Module({
  controllers: [TextsController, McpController],
  providers: [
    {
      provide: TraceTexts,
      inject: [TraceStore],
      useFactory: (store: TraceStore) => new TraceTexts(store.reads),
    },
    {
      provide: TableTexts,
      inject: [TraceStore],
      useFactory: (store: TraceStore) => new TableTexts(store.reads),
    },
  ],
})
export class TextsModule {}
