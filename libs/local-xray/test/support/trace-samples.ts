import type { SegmentDocument, SubsegmentDocument } from '@nestjs-xray/document';

/** Short ways to write a trace down, for specs. Times are seconds after `T0`. */
export const T0 = 1_795_354_000;
export const TRACE_ID = '1-6b02ef12-b2827ee6314e77519f882007';

type Times = [from: number, to?: number];

/** An id of 16 digits that ends with `name`, which has to be hexadecimal. */
export function id(name: string): string {
  return name.padStart(16, '0');
}

export function segment(
  name: string,
  idEnd: string,
  [from, to]: Times,
  rest: Partial<SegmentDocument> = {},
): SegmentDocument {
  const ended = to === undefined ? { in_progress: true } : { end_time: T0 + to };
  return { trace_id: TRACE_ID, id: id(idEnd), name, start_time: T0 + from, ...ended, ...rest };
}

export function subsegment(
  name: string,
  idEnd: string,
  [from, to]: Times,
  rest: Partial<SubsegmentDocument> = {},
): SubsegmentDocument {
  const ended = to === undefined ? { in_progress: true } : { end_time: T0 + to };
  return { id: id(idEnd), name, start_time: T0 + from, ...ended, ...rest };
}

/** A subsegment sent on its own. */
export function alone(document: SubsegmentDocument, parent: string): SubsegmentDocument {
  return { ...document, trace_id: TRACE_ID, parent_id: id(parent), type: 'subsegment' };
}

export function http(url: string, status: number, method = 'GET') {
  return { http: { request: { method, url }, response: { status } } };
}

/** `shop` calls `billing`, which reads a database and a table; the table is throttled, and it all fails. */
export function checkoutTrace(): SegmentDocument[] {
  return [
    segment('shop', 'a1', [0, 1], {
      ...http('http://shop.test/checkout', 500, 'POST'),
      fault: true,
      user: 'ada',
      origin: 'AWS::ECS::Container',
      aws: {
        account_id: '111122223333',
        ec2: { instance_id: 'i-1', availability_zone: 'eu-west-1a' },
      },
      annotations: { plan: 'gold', items: 3 },
      subsegments: [
        subsegment('Cart.total', 'a2', [0.1, 0.2], { annotations: { plan: 'gold' } }),
        subsegment('billing', 'a3', [0.2, 0.9], {
          namespace: 'remote',
          fault: true,
          ...http('http://billing.test/pay', 500, 'POST'),
        }),
      ],
    }),
    segment('billing', 'b1', [0.25, 0.85], {
      parent_id: id('a3'),
      ...http('http://billing.test/pay', 500, 'POST'),
      fault: true,
      subsegments: [
        subsegment('orders@db.test', 'b2', [0.3, 0.4], {
          namespace: 'remote',
          sql: { sanitized_query: 'select 1', database_type: 'PostgreSQL' },
        }),
        subsegment('Ledger.write', 'b3', [0.4, 0.84], {
          fault: true,
          subsegments: [
            subsegment('DynamoDB', 'b4', [0.45, 0.8], {
              namespace: 'aws',
              error: true,
              throttle: true,
              fault: true,
              aws: { operation: 'PutItem', table_name: 'ledger', region: 'eu-west-1' },
              cause: { exceptions: [{ id: id('e1'), type: 'Throttled', message: 'too many' }] },
              subsegments: [subsegment('attempt', 'b5', [0.5, 0.7], { namespace: 'remote' })],
            }),
          ],
        }),
      ],
    }),
  ];
}
