import { readOtlp } from './read-otlp';

/** The attributes of a span that is sent as this JSON. */
function attributesOf(pairs: string): Record<string, unknown> {
  const text = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"s","startTimeUnixNano":1795873780947000000,"attributes":[${pairs}]}]}]}]}`;
  return Object.fromEntries(readOtlp(Buffer.from(text), 'json')[0]!.attributes);
}

describe('OTLP/JSON', () => {
  it.each(['9007199254740993', '-9223372036854775808', '9223372036854775807'])(
    'keeps %s exactly, written as a number or as text',
    (digits) => {
      const found = attributesOf(
        `{"key":"number","value":{"intValue": ${digits} }},{"key":"text","value":{"intValue":"${digits}"}}`,
      );

      expect(found).toEqual({ number: BigInt(digits), text: BigInt(digits) });
    },
  );

  it('does not change text that looks like such a number, or other numbers', () => {
    const text = '{"intValue":9007199254740993,"a":1}';
    const found = attributesOf(
      `{"key":"json","value":{"stringValue":${JSON.stringify(text)}}},` +
        '{"key":"small","value":{"intValue":5}},{"key":"double","value":{"doubleValue":1234567890123456.5}},' +
        '{"key":"whole","value":{"doubleValue":1234567890123456}}',
    );

    expect(found).toEqual({
      json: text,
      small: 5,
      double: 1234567890123456.5,
      whole: 1234567890123456,
    });
  });
});
