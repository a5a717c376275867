import { Inject, Injectable } from '@nestjs/common';
import { Settings } from '../engine/settings';
import { TraceStore } from '../engine/trace-store';
import { newGroupArn } from '../http/arn';
import type { Input } from '../http/input';
import { invalidRequest } from '../http/xray.error';

/** A group as the API returns it. */
export interface Group {
  GroupName: string;
  GroupARN: string;
  FilterExpression?: string;
  InsightsConfiguration: { InsightsEnabled: boolean; NotificationsEnabled: boolean };
}

/** The group that X-Ray has in every account. */
const DEFAULT: Group = {
  GroupName: 'Default',
  GroupARN: 'arn:aws:xray:us-east-1:000000000000:group/Default',
  InsightsConfiguration: { InsightsEnabled: false, NotificationsEnabled: false },
};

const NAME = /^[A-Za-z0-9-]{1,32}$/;

/** Saved filter expressions. https://docs.aws.amazon.com/xray/latest/devguide/xray-console-groups.html */
@Injectable()
export class Groups {
  private readonly groups: Settings<Group>;

  constructor(@Inject(TraceStore) store: TraceStore) {
    this.groups = new Settings<Group>(store, 'group');
  }

  /** The groups that were created. */
  all(): Group[] {
    return this.groups.all().filter(({ GroupName }) => GroupName !== DEFAULT.GroupName);
  }

  /** The created groups and the built-in group of all traces. */
  listed(): Group[] {
    return [this.byNameOrArn(DEFAULT.GroupName)!, ...this.all()];
  }

  /** @throws XrayError when no group has the name or ARN. */
  find(input: Input): Group {
    const name = input.string('GroupName');
    const arn = input.string('GroupARN');
    if (name === undefined && arn === undefined) {
      throw invalidRequest('Either GroupName or GroupARN is required.');
    }
    const group = this.byNameOrArn(name ?? arn!);
    if (!group) throw invalidRequest(`Group not found: ${name ?? arn}`);
    return group;
  }

  byNameOrArn(nameOrArn: string): Group | undefined {
    const group =
      this.groups.get(nameOrArn) ??
      this.groups.all().find(({ GroupARN }) => GroupARN === nameOrArn);
    if (group) return group;
    return nameOrArn === DEFAULT.GroupName || nameOrArn === DEFAULT.GroupARN ? DEFAULT : undefined;
  }

  async create(input: Input, region: string): Promise<Group> {
    const name = input.requiredString('GroupName');
    if (!NAME.test(name)) {
      throw invalidRequest('GroupName may have 1 to 32 letters, digits and hyphens.');
    }
    if (name === 'Default') throw invalidRequest('Default is a name of X-Ray itself.');
    if (this.groups.get(name)) throw invalidRequest(`There is a group ${name} already.`);
    const group: Group = {
      GroupName: name,
      GroupARN: newGroupArn(region, name),
      ...expression(input),
      InsightsConfiguration: insights(input) ?? {
        InsightsEnabled: false,
        NotificationsEnabled: false,
      },
    };
    await this.groups.put(name, group);
    return group;
  }

  async update(input: Input): Promise<Group> {
    const group = this.find(input);
    if (group.GroupName === DEFAULT.GroupName && input.string('FilterExpression') !== undefined) {
      throw invalidRequest('The group Default is of all traces: it has no filter expression.');
    }
    const changed: Group = {
      ...group,
      ...expression(input),
      InsightsConfiguration: insights(input) ?? group.InsightsConfiguration,
    };
    await this.groups.put(group.GroupName, changed);
    return changed;
  }

  async delete(input: Input): Promise<Group> {
    const group = this.find(input);
    if (group.GroupName === DEFAULT.GroupName) {
      throw invalidRequest('The group Default is X-Ray’s own and cannot be deleted.');
    }
    await this.groups.delete(group.GroupName);
    return group;
  }
}

function expression(input: Input): { FilterExpression?: string } {
  const FilterExpression = input.string('FilterExpression', { max: 2000 });
  return FilterExpression === undefined ? {} : { FilterExpression };
}

function insights(input: Input): Group['InsightsConfiguration'] | undefined {
  const given = input.object('InsightsConfiguration');
  if (!given) return undefined;
  const InsightsEnabled = given.boolean('InsightsEnabled') ?? false;
  const NotificationsEnabled = given.boolean('NotificationsEnabled') ?? false;
  if (NotificationsEnabled && !InsightsEnabled) {
    throw invalidRequest('NotificationsEnabled needs InsightsEnabled.');
  }
  return { InsightsEnabled, NotificationsEnabled };
}
