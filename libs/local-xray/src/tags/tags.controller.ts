import { Body, Controller } from '@nestjs/common';
import { Input } from '../http/input';
import { Operation } from '../http/operation.decorator';
import { page } from '../http/page';
import { Tags } from './tags';

@Controller()
export class TagsController {
  constructor(private readonly tags: Tags) {}

  @Operation('TagResource')
  async tagResource(@Body() body: Buffer | undefined): Promise<object> {
    const input = Input.parse(body);
    const tags = this.tags.read(input);
    if (!tags) throw input.wrong('Tags', 'is required');
    await this.tags.add(input.requiredString('ResourceARN'), tags);
    return {};
  }

  @Operation('UntagResource')
  async untagResource(@Body() body: Buffer | undefined): Promise<object> {
    const input = Input.parse(body);
    await this.tags.remove(input.requiredString('ResourceARN'), input.requiredStrings('TagKeys'));
    return {};
  }

  @Operation('ListTagsForResource')
  listTagsForResource(@Body() body: Buffer | undefined): object {
    const input = Input.parse(body);
    const tags = this.tags.of(input.requiredString('ResourceARN'));
    const { items, NextToken } = page(tags, input.string('NextToken'));
    return { Tags: items, NextToken };
  }
}
