import { Module } from '@nestjs/common';
import { TagsController } from './tags.controller';
import { Tags } from './tags';

@Module({
  controllers: [TagsController],
  providers: [Tags],
  exports: [Tags],
})
export class TagsModule {}
