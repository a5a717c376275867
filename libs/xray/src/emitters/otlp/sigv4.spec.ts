import { xrayRegion } from './sigv4';

describe('xrayRegion', () => {
  it.each([
    ['https://xray.eu-west-1.amazonaws.com/v1/traces', 'eu-west-1'],
    ['https://xray.cn-north-1.amazonaws.com.cn/v1/traces', 'cn-north-1'],
    ['https://xray-fips.us-gov-west-1.amazonaws.com/v1/traces', 'us-gov-west-1'],
    ['https://xray.eu-west-1.api.aws/v1/traces', 'eu-west-1'],
    ['https://xray-fips.us-east-1.api.aws/v1/traces', 'us-east-1'],
    ['https://vpce-0a1b-2c3d.xray.eu-west-1.vpce.amazonaws.com/v1/traces', 'eu-west-1'],
    ['https://vpce-0a1b-2c3d-eu-west-1a.xray.eu-west-1.vpce.amazonaws.com/v1/traces', 'eu-west-1'],
  ])('returns the region for %s', (url, region) => {
    expect(xrayRegion(url)).toBe(region);
  });

  it.each([
    'http://localhost:4318/v1/traces',
    'https://xray.eu-west-1.amazonaws.com.evil.test/v1/traces',
    'https://notxray.eu-west-1.amazonaws.com/v1/traces',
    'https://sqs.eu-west-1.api.aws/v1/traces',
  ])('returns nothing for %s', (url) => {
    expect(xrayRegion(url)).toBeUndefined();
  });
});
