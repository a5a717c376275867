import { traceUrl } from './trace-url';

const ID = '1-5759e988-bd862e3fe1be46a994272793';

describe('traceUrl', () => {
  it.each([
    ['http://127.0.0.1:2000', `http://127.0.0.1:2000/traces/${ID}`],
    ['http://127.0.0.1:2000/', `http://127.0.0.1:2000/traces/${ID}`],
    [
      'https://aws.example/home#xray:traces/{traceId}',
      `https://aws.example/home#xray:traces/${ID}`,
    ],
    [
      'http://127.0.0.1:16686/trace/{otelTraceId}',
      'http://127.0.0.1:16686/trace/5759e988bd862e3fe1be46a994272793',
    ],
  ])('returns for %s the page %s', (viewer, page) => {
    expect(traceUrl(viewer, ID)).toBe(page);
  });
});
