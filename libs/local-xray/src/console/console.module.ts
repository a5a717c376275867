import { Module } from '@nestjs/common';
import { GroupsModule } from '../groups/groups.module';
import { AnalysisController } from './analysis.controller';
import { ConsoleController } from './console.controller';
import { FilterCompletionController } from './filter-completion.controller';
import { ViewerController } from './viewer.controller';
import { StatusService } from './status.service';
import { ConsoleEvents } from './console-events';

/**
 * The API of the viewer, and the viewer itself. Its controller comes last because it handles every
 * GET that no other does.
 */
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
