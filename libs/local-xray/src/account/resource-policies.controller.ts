import { Body, Controller, Inject } from '@nestjs/common';
import { Settings } from '../engine/settings';
import { TraceStore } from '../engine/trace-store';
import { Input } from '../http/input';
import { page } from '../http/page';
import { invalidRequest, XrayError } from '../http/xray.error';
import { Operation } from '../http/operation.decorator';

interface ResourcePolicy {
  PolicyName: string;
  PolicyDocument: string;
  PolicyRevisionId: string;
  /** Epoch seconds. */
  LastUpdatedTime: number;
}

const MAX_POLICIES = 5;
const MAX_CHARACTERS = 5 * 1024;

/** Resource policies are stored and returned, but have no effect: local X-Ray verifies no signatures. */
@Controller()
export class ResourcePoliciesController {
  private readonly policies: Settings<ResourcePolicy>;

  constructor(@Inject(TraceStore) store: TraceStore) {
    this.policies = new Settings<ResourcePolicy>(store, 'resource-policy');
  }

  @Operation('ListResourcePolicies')
  list(@Body() body: Buffer | undefined): object {
    const { items, NextToken } = page(this.policies.all(), Input.parse(body).string('NextToken'));
    return { ResourcePolicies: items, NextToken };
  }

  @Operation('PutResourcePolicy')
  async put(@Body() body: Buffer | undefined): Promise<object> {
    const input = Input.parse(body);
    const name = input.requiredString('PolicyName', { max: 128 });
    if (!/^[\w+=,.@-]+$/.test(name)) {
      throw input.wrong('PolicyName', 'may have letters, digits and +=,.@-_ only');
    }
    const document = input.requiredString('PolicyDocument');
    if (document.length > MAX_CHARACTERS) {
      const message = `PolicyDocument must have at most ${MAX_CHARACTERS} characters.`;
      throw new XrayError('PolicySizeLimitExceededException', message);
    }
    checkDocument(document);
    const known = this.policies.get(name);
    this.checkRevision(input, known);
    if (!known && this.policies.all().length >= MAX_POLICIES) {
      const message = `There are ${MAX_POLICIES} policies already.`;
      throw new XrayError('PolicyCountLimitExceededException', message);
    }
    const policy: ResourcePolicy = {
      PolicyName: name,
      PolicyDocument: document,
      PolicyRevisionId: String(Number(known?.PolicyRevisionId ?? 0) + 1),
      LastUpdatedTime: Math.floor(Date.now() / 1000),
    };
    await this.policies.put(name, policy);
    return { ResourcePolicy: policy };
  }

  @Operation('DeleteResourcePolicy')
  async delete(@Body() body: Buffer | undefined): Promise<object> {
    const input = Input.parse(body);
    const name = input.requiredString('PolicyName');
    const known = this.policies.get(name);
    if (!known) throw invalidRequest(`There is no resource policy ${name}.`);
    this.checkRevision(input, known);
    await this.policies.delete(name);
    return {};
  }

  /** Revision 0 requires that the policy does not exist yet. */
  private checkRevision(input: Input, known: ResourcePolicy | undefined): void {
    const revision = input.string('PolicyRevisionId');
    if (revision === undefined || revision === (known?.PolicyRevisionId ?? '0')) return;
    throw new XrayError(
      'InvalidPolicyRevisionIdException',
      `PolicyRevisionId is ${revision}, but the policy has revision ${known?.PolicyRevisionId ?? '0'}.`,
    );
  }
}

function checkDocument(document: string): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document);
  } catch (error) {
    throw malformed(`it is not JSON: ${(error as Error).message}`);
  }
  const statement = (parsed as { Statement?: unknown } | null)?.Statement;
  if (typeof statement !== 'object' || statement === null) throw malformed('it has no Statement');
}

function malformed(why: string): XrayError {
  return new XrayError('MalformedPolicyDocumentException', `PolicyDocument: ${why}`);
}
