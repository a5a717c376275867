import type { SegmentNode } from '../core/trace-node';
import { Outcomes } from './outcomes';

describe('Outcomes', () => {
  const segment = {} as SegmentNode;
  const counted = ({ stats: { sent, failed, dropped } }: Outcomes) => ({ sent, failed, dropped });

  it('count a trace as sent once its last part has left', () => {
    const outcomes = new Outcomes();
    outcomes.partOf(segment);
    expect(counted(outcomes)).toEqual({ sent: 0, failed: 0, dropped: 0 });
    outcomes.settle(outcomes.whole(segment), 'sent');
    expect(counted(outcomes)).toEqual({ sent: 1, failed: 0, dropped: 0 });
  });

  it.each(['failed', 'dropped'] as const)('count a trace as %s if an early part was', (how) => {
    const outcomes = new Outcomes();
    outcomes.lose(outcomes.partOf(segment), how);
    outcomes.settle(outcomes.whole(segment), 'sent');
    expect(counted(outcomes)).toEqual({ sent: 0, failed: 0, dropped: 0, [how]: 1 });
  });

  it('count a loss that becomes known late, and once', () => {
    const outcomes = new Outcomes();
    const whole = outcomes.partOf(segment);
    outcomes.settle(outcomes.whole(segment), 'sent');
    outcomes.lose(whole, 'failed');
    outcomes.lose(whole, 'dropped');
    expect(counted(outcomes)).toEqual({ sent: 0, failed: 1, dropped: 0 });
  });
});
