import type { AddressInfo } from 'node:net';
import { application } from './application';

/** An ordinary web server, as the Lambda Web Adapter wants it. */
void application().then(async (app) => {
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  console.log(`listening on ${port}`);
});
