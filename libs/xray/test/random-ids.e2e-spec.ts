import { Segment, Subsegment, XrayModule, XrayService } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { Test } from '@nestjs/testing';

class Work {
  @Segment()
  begin(): void {
    for (let n = 0; n < 40; n++) this.part();
  }

  @Subsegment()
  part(): void {}
}

const { crypto } = globalThis;
const replaced = (value: unknown) => () =>
  Object.defineProperty(globalThis, 'crypto', { value, configurable: true, writable: true });
const mocked = (fill: (bytes: Uint8Array) => unknown) =>
  replaced({
    getRandomValues: (array: Uint32Array) => {
      fill(new Uint8Array(array.buffer));
      return array;
    },
  });

describe.each<[string, () => unknown]>([
  ['is missing', replaced(undefined)],
  ['has no generator', replaced({})],
  ['is mocked by Jest', replaced({ getRandomValues: jest.fn() })],
  ['is spied on by Jest', () => jest.spyOn(crypto, 'getRandomValues').mockReturnValue(null!)],
  ['fills in zeros', mocked((bytes) => bytes.fill(0))],
  ['fills in ones', mocked((bytes) => bytes.fill(0xff))],
  ['always counts', mocked((bytes) => bytes.forEach((_, at) => (bytes[at] = at)))],
  [
    'throws',
    mocked(() => {
      throw new Error('no entropy');
    }),
  ],
  [
    'can not be read',
    () =>
      Object.defineProperty(globalThis, 'crypto', {
        configurable: true,
        get() {
          throw new Error('not here');
        },
      }),
  ],
])('if globalThis.crypto %s', (_what, mock) => {
  afterEach(() => {
    jest.restoreAllMocks();
    Object.defineProperty(globalThis, 'crypto', {
      value: crypto,
      configurable: true,
      writable: true,
    });
  });

  it('ids are valid and unique', async () => {
    const emitter = new MemoryEmitter();
    const app = await Test.createTestingModule({
      imports: [XrayModule.forRoot({ serviceName: 'test', emitter })],
      providers: [Work],
    }).compile();
    await app.init();
    mock();
    // More ids than are made of one read of the generator.
    for (let n = 0; n < 60; n++) app.get(Work).begin();
    await app.get(XrayService).flush();
    await app.close();
    const traces = emitter.documents.map(({ trace_id }) => trace_id);
    const ids = emitter.documents.flatMap(({ id, subsegments = [] }) => [
      id,
      ...subsegments.map((each) => each.id),
    ]);
    expect(new Set(traces).size).toBe(60);
    expect(new Set(ids).size).toBe(60 * 41);
    for (const id of traces) expect(id).toMatch(/^1-[0-9a-f]{8}-(?!0{24})[0-9a-f]{24}$/);
    for (const id of ids) expect(id).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
  });
});

it.each([[NaN], [-1], [Infinity], [2 ** 45]])(
  'a trace id is valid although Date.now() returns %d',
  async (now) => {
    const emitter = new MemoryEmitter();
    const app = await Test.createTestingModule({
      imports: [XrayModule.forRoot({ serviceName: 'test', emitter })],
      providers: [Work],
    }).compile();
    await app.init();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now);
    app.get(Work).begin();
    clock.mockRestore();
    await app.close();
    expect(emitter.documents[0]!.trace_id).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  },
);
