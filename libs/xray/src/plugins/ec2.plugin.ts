import { ask, known, type Plugin } from './plugin';

/**
 * Queries the instance metadata service, version 2, which requires a token.
 * `AWS_EC2_METADATA_SERVICE_ENDPOINT` and `AWS_EC2_METADATA_DISABLED` work as in AWS's SDKs.
 * @see
 *   https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export const ec2: Plugin = {
  name: 'ec2',
  async describe() {
    if (process.env.AWS_EC2_METADATA_DISABLED?.toLowerCase() === 'true') return undefined;
    const base = process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT || 'http://169.254.169.254';
    const service = base.replace(/\/+$/, '');
    const token = await ask(`${service}/latest/api/token`, {
      method: 'PUT',
      headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '60' },
    });
    const text = await ask(`${service}/latest/dynamic/instance-identity/document`, {
      headers: { 'X-aws-ec2-metadata-token': token },
    });
    const instance = JSON.parse(text) as Record<string, unknown>;
    return {
      origin: 'AWS::EC2::Instance',
      aws: {
        ec2: known({
          instance_id: instance.instanceId,
          availability_zone: instance.availabilityZone,
          instance_size: instance.instanceType,
          ami_id: instance.imageId,
        }),
        ...known({ account_id: instance.accountId }),
      },
    };
  },
};
