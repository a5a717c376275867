import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Response } from 'express';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Next to the compiled API: dist/apps/cruddur/web. */
const BUILT = resolve(__dirname, '../../web');

/** Nothing from elsewhere and nothing inline: a script in a message stays text even where we err. */
const POLICY =
  "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Serves the built home page at `/`; the API works without it. */
export function servePage(app: NestExpressApplication, folder = BUILT): void {
  if (!existsSync(join(folder, 'assets'))) {
    new Logger('Cruddur').warn(
      `There is no home page in ${folder}. Run "npm run build"; the API is described at /docs.`,
    );
    return;
  }
  app.useStaticAssets(folder, {
    setHeaders: (response: Response, path: string) => {
      response.setHeader('Content-Security-Policy', POLICY);
      response.setHeader('X-Content-Type-Options', 'nosniff');
      response.setHeader('Referrer-Policy', 'no-referrer');
      // The names of assets change with their content.
      const forEver = path.startsWith(join(folder, 'assets'));
      response.setHeader(
        'Cache-Control',
        forEver ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
}
