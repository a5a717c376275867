import { Module } from '@nestjs/common';
import { TagsModule } from '../tags/tags.module';
import { GroupsController } from './groups.controller';
import { Groups } from './groups';

@Module({
  imports: [TagsModule],
  controllers: [GroupsController],
  providers: [Groups],
  exports: [Groups],
})
export class GroupsModule {}
