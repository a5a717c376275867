import { Body, Controller, Headers } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import { TraceStore } from '../engine/trace-store';
import { regionOf } from '../http/arn';
import { Groups } from './groups';
import { Input } from '../http/input';
import { page } from '../http/page';
import { Tags } from '../tags/tags';
import { Operation } from '../http/operation.decorator';

@Controller()
export class GroupsController {
  constructor(
    private readonly groups: Groups,
    private readonly tags: Tags,
    private readonly store: TraceStore,
  ) {
    tags.ownedBy((arn) => groups.byNameOrArn(arn) !== undefined);
  }

  @Operation('CreateGroup')
  async createGroup(
    @Body() body: Buffer | undefined,
    @Headers() headers: IncomingHttpHeaders,
  ): Promise<object> {
    const input = Input.parse(body);
    const tags = this.tags.read(input);
    await this.check(input);
    const group = await this.groups.create(input, regionOf(headers));
    if (tags) await this.tags.add(group.GroupARN, tags);
    return { Group: group };
  }

  @Operation('GetGroup')
  getGroup(@Body() body: Buffer | undefined): object {
    return { Group: this.groups.find(Input.parse(body)) };
  }

  @Operation('Groups')
  getGroups(@Body() body: Buffer | undefined): object {
    const { items, NextToken } = page(this.groups.listed(), Input.parse(body).string('NextToken'));
    return { Groups: items, NextToken };
  }

  @Operation('UpdateGroup')
  async updateGroup(@Body() body: Buffer | undefined): Promise<object> {
    const input = Input.parse(body);
    await this.check(input, this.groups.find(input).GroupName);
    return { Group: await this.groups.update(input) };
  }

  @Operation('DeleteGroup')
  async deleteGroup(@Body() body: Buffer | undefined): Promise<object> {
    const group = await this.groups.delete(Input.parse(body));
    await this.tags.forget(group.GroupARN);
    return {};
  }

  private async check(input: Input, ofGroup?: string): Promise<void> {
    const filter = input.string('FilterExpression');
    if (filter !== undefined) await this.store.reads.checkFilter({ filter, ofGroup });
  }
}
