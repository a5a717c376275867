import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module';
import { MistakesController } from './mistakes.controller';
import { Mistakes } from './mistakes.service';

/** Deliberate mistakes that produce instructive traces. */
@Module({
  imports: [DatabaseModule],
  controllers: [MistakesController],
  providers: [Mistakes],
})
export class MistakesModule {}
