import { readFile } from 'node:fs/promises';
import { known, type Plugin } from './plugin';

const FILE =
  process.platform === 'win32'
    ? 'C:\\Program Files\\Amazon\\XRay\\environment.conf'
    : '/var/elasticbeanstalk/xray/environment.conf';

/**
 * Reads the file that Elastic Beanstalk writes when X-Ray is enabled for the environment.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-services-beanstalk.html
 */
export function createBeanstalk(file = FILE): Plugin {
  return {
    name: 'elastic-beanstalk',
    async describe() {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      const { environment_name, version_label, deployment_id } = JSON.parse(text) as Record<
        string,
        unknown
      >;
      return {
        origin: 'AWS::ElasticBeanstalk::Environment',
        aws: { elastic_beanstalk: known({ environment_name, version_label, deployment_id }) },
      };
    },
  };
}
