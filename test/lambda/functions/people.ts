import 'reflect-metadata';
import serverlessExpress from '@codegenie/serverless-express';
import { Controller, Get, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { XrayModule, XrayService } from 'nestjs-xray';

@Controller('people')
class PeopleController {
  constructor(@Inject(XrayService) private readonly xray: XrayService) {}

  @Get('me')
  me() {
    this.xray.annotate('order', 42);
    this.xray.setUser('ada');
    return { name: 'Ada' };
  }

  @Get('broken')
  broken() {
    throw new Error('the database is gone');
  }
}

@Module({
  imports: [XrayModule.forRoot({ serviceName: 'people' })],
  controllers: [PeopleController],
})
class PeopleModule {}

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

// Started while Lambda initialises the function, before there is an invocation.
const started = (async () => {
  const app = await NestFactory.create(PeopleModule, { logger: false });
  await app.init();
  return serverlessExpress({ app: app.getHttpAdapter().getInstance() }) as unknown as Handler;
})();

export const handler: Handler = async (event, context) => (await started)(event, context);
