import { Inject, Injectable } from '@nestjs/common';
import { Settings } from '../engine/settings';
import { TraceStore } from '../engine/trace-store';
import type { Input } from '../http/input';
import { XrayError } from '../http/xray.error';

export interface Tag {
  Key: string;
  Value: string;
}

const MAX_TAGS = 50;

/** Tags of groups and sampling rules. https://docs.aws.amazon.com/xray/latest/devguide/xray-tagging.html */
@Injectable()
export class Tags {
  private readonly tags: Settings<Tag[]>;

  private readonly owners: ((arn: string) => boolean)[] = [];

  constructor(@Inject(TraceStore) store: TraceStore) {
    this.tags = new Settings<Tag[]>(store, 'tags');
  }

  /** Registers a kind of resource that can have tags: `owns` returns whether an ARN is one of them. */
  ownedBy(owns: (arn: string) => boolean): void {
    this.owners.push(owns);
  }

  of(arn: string): Tag[] {
    this.check(arn);
    return this.tags.get(arn) ?? [];
  }

  /** Validates the tags of a new group or rule before it is created. */
  read(input: Input): Tag[] | undefined {
    const given = input.objects('Tags')?.map((each) => ({
      Key: each.requiredString('Key', { max: 128 }),
      Value: each.requiredString('Value', { min: 0, max: 256 }),
    }));
    if (given && given.length > MAX_TAGS) throw this.tooMany('the request');
    return given;
  }

  async add(arn: string, given: Tag[]): Promise<void> {
    const all = new Map(this.of(arn).map((tag) => [tag.Key, tag]));
    for (const tag of given) all.set(tag.Key, tag);
    if (all.size > MAX_TAGS) throw this.tooMany(arn);
    await this.tags.put(arn, [...all.values()]);
  }

  async remove(arn: string, keys: string[]): Promise<void> {
    const gone = new Set(keys);
    await this.tags.put(
      arn,
      this.of(arn).filter(({ Key }) => !gone.has(Key)),
    );
  }

  async forget(arn: string): Promise<void> {
    if (this.tags.get(arn)) await this.tags.delete(arn);
  }

  private check(arn: string): void {
    if (this.owners.some((owns) => owns(arn))) return;
    throw new XrayError('ResourceNotFoundException', `There is no group or sampling rule ${arn}.`, {
      ResourceName: arn,
    });
  }

  private tooMany(what: string): XrayError {
    const message = `${what} has more than ${MAX_TAGS} tags.`;
    return new XrayError('TooManyTagsException', message, { ResourceName: what });
  }
}
