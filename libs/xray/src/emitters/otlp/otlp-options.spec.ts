import { otlpSettings } from './otlp-options';

describe('the settings of OTLP', () => {
  it('default to a collector on this machine', () => {
    expect(otlpSettings({}, {})).toMatchObject({
      url: 'http://localhost:4318/v1/traces',
      protocol: 'http/protobuf',
      gzip: false,
      headers: {},
      timeoutMs: 10_000,
    });
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://tempo:4318/' }, { url: 'http://tempo:4318/v1/traces' }],
    [
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a',
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://b/spans',
      },
      { url: 'https://b/spans' },
    ],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b, y=2' }, { headers: { 'x-key': 'a b', y: '2' } }],
    [
      { OTEL_RESOURCE_ATTRIBUTES: 'team=blue,service.name=x', OTEL_SERVICE_NAME: 'shop' },
      { resource: { team: 'blue', 'service.name': 'shop' } },
    ],
    [
      { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' },
      { gzip: true, protocol: 'http/json' },
    ],
  ])('follow %j', (env, settings) => {
    expect(otlpSettings({}, env)).toMatchObject(settings);
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, /PROTOCOL="grpc": use http\/protobuf/],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'tempo:4318' }, /ENDPOINT="tempo:4318": write a URL/],
    [{ OTEL_EXPORTER_OTLP_TIMEOUT: 'soon' }, /TIMEOUT="soon": use a whole number/],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'key' }, /HEADERS="key": write key=value/],
  ])('reject %j and explain what to write', (env, message) => {
    expect(() => otlpSettings({}, env)).toThrow(message);
  });
});
