import { Module } from '@nestjs/common';
import { GroupsModule } from '../groups/groups.module';
import { AnalysisController } from './analysis.controller';
import { ConsoleController } from './console.controller';
import { FilterCompletionController } from './filter-completion.controller';
import { ViewerController } from './viewer.controller';
import { StatusService } from './status.service';
import { ConsoleEvents } from './console-events';

/** What the viewer asks, and the viewer itself: its controller comes last, since it answers every GET that nobody else does. */
@Module({
  imports: [GroupsModule],
  controllers: [
    ConsoleController,
    AnalysisController,
    FilterCompletionController,
    ViewerController,
  ],
  providers: [StatusService, ConsoleEvents],
})
export class ConsoleModule {}
