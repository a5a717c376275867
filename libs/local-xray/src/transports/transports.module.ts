import { Module } from '@nestjs/common';
import { OtlpController } from './otlp.controller';
import { OtlpExports } from './otlp-exports';
import { SegmentsController } from './segments.controller';

@Module({
  controllers: [SegmentsController, OtlpController],
  providers: [OtlpExports],
})
export class TransportsModule {}
