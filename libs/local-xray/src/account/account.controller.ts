import { Body, Controller, Inject } from '@nestjs/common';
import { Settings } from '../engine/settings';
import { TraceStore } from '../engine/trace-store';
import { Input } from '../http/input';
import { invalidRequest, XrayError } from '../http/xray.error';
import { Operation } from '../http/operation.decorator';

interface EncryptionConfig {
  KeyId?: string;
  Status: 'ACTIVE';
  Type: 'NONE' | 'KMS';
}

interface IndexingRule {
  Name: string;
  ModifiedAt: number;
  Rule: { Probabilistic: { DesiredSamplingPercentage: number; ActualSamplingPercentage: number } };
}

interface Destination {
  Destination: 'XRay' | 'CloudWatchLogs';
  Status: 'ACTIVE';
}

const ONLY = 'only';

/** Settings of the account. They are stored and returned, but have no effect in local X-Ray. */
@Controller()
export class AccountController {
  private readonly encryption: Settings<EncryptionConfig>;
  private readonly indexing: Settings<IndexingRule>;
  private readonly destinations: Settings<Destination>;

  constructor(@Inject(TraceStore) store: TraceStore) {
    this.encryption = new Settings(store, 'encryption');
    this.indexing = new Settings(store, 'indexing-rule');
    this.destinations = new Settings(store, 'segment-destination');
  }

  @Operation('EncryptionConfig')
  getEncryptionConfig(): object {
    return { EncryptionConfig: this.encryption.get(ONLY) ?? { Status: 'ACTIVE', Type: 'NONE' } };
  }

  @Operation('PutEncryptionConfig')
  async putEncryptionConfig(@Body() body: Buffer | undefined): Promise<object> {
    const input = Input.parse(body);
    const type = input.oneOf('Type', ['NONE', 'KMS']);
    if (!type) throw input.wrong('Type', 'is required');
    const KeyId = input.string('KeyId', { min: 1, max: 3000 });
    if (type === 'KMS' && KeyId === undefined)
      throw input.wrong('KeyId', 'is required for type KMS');
    if (type === 'NONE' && KeyId !== undefined) throw input.wrong('KeyId', 'is for type KMS only');
    const config: EncryptionConfig = { KeyId, Status: 'ACTIVE', Type: type };
    await this.encryption.put(ONLY, config);
    return { EncryptionConfig: config };
  }

  @Operation('GetIndexingRules')
  getIndexingRules(): object {
    return { IndexingRules: [this.indexingRule()] };
  }

  @Operation('UpdateIndexingRule')
  async updateIndexingRule(@Body() body: Buffer | undefined): Promise<object> {
    const input = Input.parse(body);
    const name = input.requiredString('Name');
    if (name !== 'Default') {
      throw new XrayError('ResourceNotFoundException', `There is no indexing rule ${name}.`);
    }
    const percentage = input
      .requiredObject('Rule')
      .requiredObject('Probabilistic')
      .requiredNumber('DesiredSamplingPercentage', { min: 0, max: 100 });
    const rule = indexingRule(percentage, Math.floor(Date.now() / 1000));
    await this.indexing.put(ONLY, rule);
    return { IndexingRule: rule };
  }

  @Operation('GetTraceSegmentDestination')
  getTraceSegmentDestination(): object {
    return this.destinations.get(ONLY) ?? { Destination: 'XRay', Status: 'ACTIVE' };
  }

  @Operation('UpdateTraceSegmentDestination')
  async updateTraceSegmentDestination(@Body() body: Buffer | undefined): Promise<object> {
    const destination = Input.parse(body).oneOf('Destination', ['XRay', 'CloudWatchLogs']);
    if (!destination) throw invalidRequest('Destination must be XRay or CloudWatchLogs.');
    const value: Destination = { Destination: destination, Status: 'ACTIVE' };
    await this.destinations.put(ONLY, value);
    return value;
  }

  private indexingRule(): IndexingRule {
    return this.indexing.get(ONLY) ?? indexingRule(100, 0);
  }
}

function indexingRule(percentage: number, ModifiedAt: number): IndexingRule {
  const Probabilistic = {
    DesiredSamplingPercentage: percentage,
    ActualSamplingPercentage: percentage,
  };
  return { Name: 'Default', ModifiedAt, Rule: { Probabilistic } };
}
