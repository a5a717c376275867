import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { AppModule } from './app.module';
import { servePage } from './page/serve-page';

/** Creates Cruddur; call `listen` on the result. */
export async function createApp(options?: NestApplicationOptions): Promise<NestExpressApplication> {
  return configureApp(
    await NestFactory.create<NestExpressApplication>(AppModule, {
      abortOnError: false,
      ...options,
    }),
  );
}

/** Adds what no module can add: the page at `/` and OpenAPI at `/docs`. */
export function configureApp(
  app: NestExpressApplication,
  pageFolder?: string,
): NestExpressApplication {
  app.disable('x-powered-by');
  // Longer than the 60 s of AWS's load balancers: if the server closes an idle connection first, a
  // request that is already on its way to it fails.
  app.getHttpServer().keepAliveTimeout = 65_000;
  servePage(app, pageFolder);
  const description = new DocumentBuilder()
    .setTitle('Cruddur')
    .setDescription('The Activities API of the bootcamp, traced with nestjs-xray.')
    .setVersion('1')
    .build();
  SwaggerModule.setup('docs', app, () => {
    const document = SwaggerModule.createDocument(app, description);
    // The blank handle: in OpenAPI a path without `{handle}` cannot have that parameter.
    delete document.paths['/api/activities/@'];
    return document;
  });
  return app;
}
