import { OtlpEmitter } from 'nestjs-xray';
import { tracing } from './tracing';
import { CREDENTIALS, REGION, xrayEndpoint, type Received } from './xray-endpoint';

type Options = ConstructorParameters<typeof OtlpEmitter>[0];

const before = { ...process.env };
const warnings: string[] = [];
const logger = { warn: (text: string) => warnings.push(text) };

let endpoint: Awaited<ReturnType<typeof xrayEndpoint>>;
beforeAll(() => Object.assign(process.env, CREDENTIALS));
afterAll(() => {
  for (const name of Object.keys(CREDENTIALS)) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});
beforeEach(async () => {
  warnings.length = 0;
  endpoint = await xrayEndpoint();
});
afterEach(() => endpoint.close());

/** What X-Ray's endpoint gets, and the emitter counts, of `work`. */
async function sent(
  work: (app: Awaited<ReturnType<typeof tracing>>) => unknown,
  options?: Options,
) {
  const emitter = new OtlpEmitter({
    url: endpoint.url,
    sign: { region: REGION },
    logger,
    ...options,
  });
  const app = await tracing({ serviceName: 'shop', emitter, logger });
  await work(app);
  await emitter.flush();
  const stats = app.service.stats();
  await app.close();
  return { stats, requests: endpoint.requests };
}

const taken = (requests: Received[]) => requests.filter(({ status }) => status === 200);
const spansOf = (requests: Received[]) => taken(requests).flatMap(({ spans }) => spans);

describe("X-Ray's OTLP endpoint", () => {
  it.each<[string, Options]>([
    ['JSON', { protocol: 'http/json' }],
    ['JSON, gzip', { protocol: 'http/json', gzip: true }],
    ['protobuf', { protocol: 'http/protobuf' }],
    ['protobuf, gzip', { protocol: 'http/protobuf', gzip: true }],
  ])(
    'accepts the signature, and all of a burst of 300 × 40 subsegments, as %s',
    async (_how, options) => {
      const { stats, requests } = await sent(({ service }) => {
        for (let request = 0; request < 300; request++) {
          service.captureSegment(`request ${request}`, () => {
            for (let step = 0; step < 40; step++) {
              service.capture(`step ${step}`, () => service.annotate('step', step));
            }
          });
        }
      }, options);

      expect(requests.map(({ reason }) => reason).join('')).toBe('');
      expect(spansOf(requests)).toHaveLength(300 * 41);
      expect(stats).toMatchObject({ closed: 300, sent: 300, failed: 0, dropped: 0 });
    },
  );

  it('receives batches within 5 MB and 10,000 spans, and rejects none', async () => {
    const { stats, requests } = await sent(
      ({ service }) => {
        for (let request = 0; request < 120; request++) {
          service.captureSegment('report', () => service.metadata('text', 'x'.repeat(100_000)));
        }
        for (let request = 0; request < 30; request++) {
          service.captureSegment('many', () => {
            for (let step = 0; step < 600; step++) service.capture('step', () => undefined);
          });
        }
      },
      { protocol: 'http/json', maxBatch: 1_000 },
    );

    expect(requests.map(({ status }) => status)).not.toContain(400);
    expect(requests.map(({ status }) => status)).not.toContain(413);
    expect(spansOf(requests)).toHaveLength(120 + 30 * 601);
    expect(stats).toMatchObject({ dropped: 0, failed: 0 });
  });

  it('receives what is left of a span of more than 200 kB, with its neighbours', async () => {
    const { requests } = await sent(
      ({ service }) => {
        service.captureSegment('report', () => {
          service.annotate('report', 'yearly');
          const rows = (count: number) => Array.from({ length: count }, () => 'row '.repeat(500));
          for (let part = 0; part < 4; part++) service.metadata('rows', rows(50), `part${part}`);
        });
        service.captureSegment('neighbour', () => undefined);
      },
      { protocol: 'http/json' },
    );

    expect(requests.map(({ status }) => status)).toEqual([200]);
    const [report, neighbour] = spansOf(requests);
    const keys = report!.attributes.map(({ key }) => key);
    expect(keys).toContain('report');
    expect(keys).toContain('nestjs_xray.trimmed');
    expect(neighbour).toMatchObject({ name: 'neighbour' });
  });

  it('says what is wrong if the credentials are invalid', async () => {
    const { stats, requests } = await sent(
      ({ service }) => service.captureSegment('request', () => undefined),
      { sign: { region: 'us-east-1' } },
    );

    expect(requests.map(({ status }) => status)).toEqual([403]);
    expect(stats).toMatchObject({ sent: 0, failed: 1 });
    expect(warnings.join()).toContain('credentials');
  });
});
