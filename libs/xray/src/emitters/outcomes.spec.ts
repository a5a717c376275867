import type { SegmentNode } from '../core/trace-node';
import { Outcomes } from './outcomes';

describe('Outcomes', () => {
  const segment = {} as SegmentNode;
  const counted = ({ stats: { sent, failed, dropped } }: Outcomes) => ({ sent, failed, dropped });

  it('counts a trace as sent when its last part has been sent', () => {
    const outcomes = new Outcomes();
    outcomes.shipmentOf(segment);
    expect(counted(outcomes)).toEqual({ sent: 0, failed: 0, dropped: 0 });
    outcomes.complete(outcomes.finalShipment(segment), 'sent');
    expect(counted(outcomes)).toEqual({ sent: 1, failed: 0, dropped: 0 });
  });

  it.each(['failed', 'dropped'] as const)('count a trace as %s if an early part was', (how) => {
    const outcomes = new Outcomes();
    outcomes.lose(outcomes.shipmentOf(segment), how);
    outcomes.complete(outcomes.finalShipment(segment), 'sent');
    expect(counted(outcomes)).toEqual({ sent: 0, failed: 0, dropped: 0, [how]: 1 });
  });

  it('counts a loss that becomes known late, and only once', () => {
    const outcomes = new Outcomes();
    const shipment = outcomes.shipmentOf(segment);
    outcomes.complete(outcomes.finalShipment(segment), 'sent');
    outcomes.lose(shipment, 'failed');
    outcomes.lose(shipment, 'dropped');
    expect(counted(outcomes)).toEqual({ sent: 0, failed: 1, dropped: 0 });
  });
});
