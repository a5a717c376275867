import { startLocalXray } from 'local-xray';
import { UdpEmitter } from 'nestjs-xray';
import { tracing } from './tracing';

const PARTS = 400;

interface Node {
  name: string;
  subsegments?: Node[];
}
const names = ({ name, subsegments = [] }: Node): string[] => [name, ...subsegments.flatMap(names)];

describe('a trace that is larger than a datagram', () => {
  it('is complete in local X-Ray', async () => {
    const server = await startLocalXray({ address: '127.0.0.1:0', database: ':memory:' });
    const logger = { warn: () => undefined };
    const emitter = new UdpEmitter({ host: '127.0.0.1', port: server.port, logger });
    const xray = await tracing({ serviceName: 'large', emitter });
    const { result: traceId } = await xray.request(() => {
      for (let n = 0; n < PARTS; n++) {
        xray.service.capture(`part ${n}`, (part) => {
          part?.addMetadata('text', 'x'.repeat(500));
          xray.service.capture(`inside ${n}`, () => undefined);
        });
      }
      return xray.service.traceId;
    });
    await xray.close();
    expect(xray.service.stats()).toMatchObject({ closed: 1, sent: 1, split: 1, trimmed: 0 });

    const deadline = Date.now() + 10_000;
    let found: string[] = [];
    while (found.length < 2 * PARTS + 1 && Date.now() < deadline) {
      const response = await fetch(`http://${server.address}/Traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ TraceIds: [traceId] }),
      });
      const { Traces } = (await response.json()) as {
        Traces: { Segments: { Document: string }[] }[];
      };
      found = (Traces[0]?.Segments ?? []).flatMap(({ Document }) =>
        names(JSON.parse(Document) as Node),
      );
    }
    const expected = Array.from({ length: PARTS }, (_, n) => [`part ${n}`, `inside ${n}`]).flat();
    expect(new Set(found)).toEqual(new Set(['large', ...expected]));
    await server.close();
  });
});
