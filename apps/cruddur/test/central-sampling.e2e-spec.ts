import { startLocalXray } from 'local-xray';
import { readConfig } from '../src/cruddur.config';
import { openServer } from '../src/database/pool';
import { startCruddur } from './support/cruddur';
import { until } from './support/until';

/** Nothing listens there: an answer of 503 is sampled like any other. */
const nowhere = () => Promise.resolve(openServer('postgresql://127.0.0.1:1/none'));

describe('CRUDDUR_SAMPLING', () => {
  const before = process.env['AWS_XRAY_DAEMON_ADDRESS'];
  afterEach(() => {
    if (before === undefined) delete process.env['AWS_XRAY_DAEMON_ADDRESS'];
    else process.env['AWS_XRAY_DAEMON_ADDRESS'] = before;
  });

  it('central follows the rules of X-Ray', async () => {
    const xray = await startLocalXray({ address: '127.0.0.1:0', database: ':memory:' });
    const rule = {
      RuleName: 'none',
      ResourceARN: '*',
      Priority: 1,
      FixedRate: 0,
      ReservoirSize: 0,
      ServiceName: 'backend-nest',
      ServiceType: '*',
      Host: '*',
      HTTPMethod: '*',
      URLPath: '/api/activities/search',
      Version: 1,
    };
    const made = await fetch(`http://${xray.address}/CreateSamplingRule`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ SamplingRule: rule }),
    });
    expect(made.status).toBe(200);

    process.env['AWS_XRAY_DAEMON_ADDRESS'] = xray.address;
    const { sampling } = readConfig({ CRUDDUR_SAMPLING: 'central' });
    const cruddur = await startCruddur(nowhere, { config: { sampling } });
    try {
      const ask = (path: string) => fetch(`${cruddur.url}/api/activities/${path}`);
      // Until the rules were fetched, the sampler records one request a second and 5 %.
      await until(async () => {
        cruddur.xray.documents.length = 0;
        await ask('home');
        const [segment] = cruddur.xray.documents;
        return (segment?.aws?.xray as { rule_name?: string } | undefined)?.rule_name === 'Default';
      });
      cruddur.xray.documents.length = 0;
      for (let i = 0; i < 10; i++) await ask('search?term=x');
      expect(cruddur.xray.documents).toEqual([]);
    } finally {
      await cruddur.close();
      await xray.close();
    }
  });

  it('accepts only all and central', () => {
    expect(readConfig({}).sampling).toBe(1);
    expect(readConfig({ CRUDDUR_SAMPLING: 'all' }).sampling).toBe(1);
    expect(() => readConfig({ CRUDDUR_SAMPLING: 'some' })).toThrow(
      'Cruddur does not know CRUDDUR_SAMPLING=some. Set it to all, or to central',
    );
  });
});
