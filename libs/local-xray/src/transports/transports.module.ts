import { Module } from '@nestjs/common';
import { SegmentsController } from './segments.controller';
import { OtlpController } from './otlp.controller';

@Module({
  controllers: [SegmentsController, OtlpController],
})
export class TransportsModule {}
