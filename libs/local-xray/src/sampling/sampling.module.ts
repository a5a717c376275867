import { Module } from '@nestjs/common';
import { TagsModule } from '../tags/tags.module';
import { SamplingController } from './sampling.controller';
import { SamplingRules } from './sampling-rules';
import { SamplingStatistics } from './sampling-statistics';
import { SamplingTargets } from './sampling-targets';

@Module({
  imports: [TagsModule],
  controllers: [SamplingController],
  providers: [SamplingRules, SamplingStatistics, SamplingTargets],
})
export class SamplingModule {}
