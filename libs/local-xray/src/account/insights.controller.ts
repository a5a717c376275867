import { Body, Controller } from '@nestjs/common';
import { Groups } from '../groups/groups';
import { Input } from '../http/input';
import { invalidRequest } from '../http/xray.error';
import { Operation } from '../http/operation.decorator';

const INSIGHT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Responds like an account without insights: local X-Ray does not detect any. */
@Controller()
export class InsightsController {
  constructor(private readonly groups: Groups) {}

  @Operation('InsightSummaries')
  summaries(@Body() body: Buffer | undefined): object {
    const input = Input.parse(body);
    if (input.string('GroupName') !== 'Default') this.groups.find(input);
    times(input);
    return { InsightSummaries: [] };
  }

  @Operation('Insight')
  insight(@Body() body: Buffer | undefined): never {
    return notFound(Input.parse(body));
  }

  @Operation('InsightEvents')
  events(@Body() body: Buffer | undefined): never {
    return notFound(Input.parse(body));
  }

  @Operation('InsightImpactGraph')
  impactGraph(@Body() body: Buffer | undefined): never {
    const input = Input.parse(body);
    times(input);
    return notFound(input);
  }
}

function times(input: Input): void {
  if (input.requiredTime('StartTime') > input.requiredTime('EndTime')) {
    throw invalidRequest('StartTime must not be after EndTime.');
  }
}

function notFound(input: Input): never {
  const id = input.requiredString('InsightId');
  if (!INSIGHT_ID.test(id)) throw input.wrong('InsightId', 'must be a UUID');
  throw invalidRequest(`Insight not found: ${id}`);
}
