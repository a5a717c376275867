import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module';
import { MistakesController } from './mistakes.controller';
import { Mistakes } from './mistakes.service';

/** Mistakes that leave traces worth looking at. */
@Module({
  imports: [DatabaseModule],
  controllers: [MistakesController],
  providers: [Mistakes],
})
export class MistakesModule {}
