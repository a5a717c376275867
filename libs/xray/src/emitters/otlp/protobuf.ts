type Protobuf = typeof import('./otlp-protobuf');

/** Loaded on first use: most applications never send protobuf. */
export function protobuf(): Protobuf {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('./otlp-protobuf') as Protobuf;
}
