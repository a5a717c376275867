// npm run aws:setup: creates the group and the sampling rule of aws/json, in AWS or in local X-Ray.
// Running it again changes nothing. If the files were edited, it updates the group and the rule.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  CreateGroupCommand,
  CreateSamplingRuleCommand,
  UpdateGroupCommand,
  UpdateSamplingRuleCommand,
  XRayClient,
  paginateGetGroups,
  paginateGetSamplingRules,
} from '@aws-sdk/client-xray';

const HELP = `Makes the X-Ray group and sampling rule that aws/json describes.

  npm run aws:setup                                                     in your AWS account
  npm run aws:setup -- --endpoint-url http://127.0.0.1:2000             in local X-Ray

  --endpoint-url URL   where the X-Ray API is; default: AWS_ENDPOINT_URL_XRAY, or else AWS
  --region REGION      default: AWS_REGION, AWS_DEFAULT_REGION or your AWS profile
  --help               this text

In AWS, your user needs what aws/policies/xray-setup.json allows, and nothing more.`;

// Users of this command need not see the SDK's warning about future Node versions.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** The files of aws/json, parsed. */
const file = (name) =>
  JSON.parse(readFileSync(new URL(`../aws/json/${name}`, import.meta.url), 'utf8'));

async function main() {
  const { values } = parseArgs({
    options: {
      'endpoint-url': { type: 'string' },
      region: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(HELP);
  const endpoint = values['endpoint-url'] ?? (process.env.AWS_ENDPOINT_URL_XRAY || undefined);
  if (endpoint !== undefined && !URL.canParse(endpoint)) {
    throw new Error(`The endpoint ${endpoint} is not a URL. Write it like http://127.0.0.1:2000.`);
  }
  const client = new XRayClient({
    ...(endpoint && { endpoint }),
    ...region(values.region, endpoint),
    ...(isLocal(endpoint) && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
    maxAttempts: 2,
  });
  try {
    console.log(await setUpGroup(client, file('group.json')));
    console.log(await setUpRule(client, file('xray.json').SamplingRule));
  } catch (problem) {
    throw new Error(explain(problem, endpoint), { cause: problem });
  }
}

/** Creates the group, or updates its expression from the file. */
async function setUpGroup(client, { GroupName, FilterExpression }) {
  const there = await find(
    paginateGetGroups({ client }, {}),
    ({ Groups }) => Groups,
    (group) => group.GroupName === GroupName,
  );
  if (there?.FilterExpression === FilterExpression) return `Group ${GroupName}: unchanged.`;
  const Command = there ? UpdateGroupCommand : CreateGroupCommand;
  await client.send(new Command({ GroupName, FilterExpression }));
  return `Group ${GroupName}: ${there ? 'updated' : 'created'}, ${FilterExpression}.`;
}

/** Creates the rule, or updates it from the file. */
async function setUpRule(client, rule) {
  const there = await find(
    paginateGetSamplingRules({ client }, {}),
    ({ SamplingRuleRecords }) => SamplingRuleRecords?.map((record) => record.SamplingRule),
    ({ RuleName }) => RuleName === rule.RuleName,
  );
  const name = `Sampling rule ${rule.RuleName}`;
  const what = `${rule.ReservoirSize} a second, then ${rule.FixedRate * 100} % of ${rule.ServiceName}`;
  if (!there) {
    await client.send(new CreateSamplingRuleCommand({ SamplingRule: rule }));
    return `${name}: created, ${what}.`;
  }
  if (Object.entries(rule).every(([key, value]) => there[key] === value)) {
    return `${name}: unchanged.`;
  }
  const { Version: _fixed, ...update } = rule;
  await client.send(new UpdateSamplingRuleCommand({ SamplingRuleUpdate: update }));
  return `${name}: updated, ${what}.`;
}

async function find(pages, items, wanted) {
  for await (const page of pages) {
    const found = items(page)?.find(wanted);
    if (found) return found;
  }
  return undefined;
}

/** Local X-Ray needs no region, but AWS's client does. */
function region(given, endpoint) {
  const wanted = given ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (wanted) return { region: wanted };
  return isLocal(endpoint) ? { region: 'us-east-1' } : {};
}

/** Whether the endpoint is not AWS, whose endpoints use https. Other endpoints accept any credentials. */
function isLocal(endpoint) {
  return endpoint !== undefined && new URL(endpoint).protocol === 'http:';
}

function explain(problem, endpoint) {
  const attempt = `Cannot set up X-Ray ${endpoint ? `at ${endpoint}` : 'in AWS'}`;
  const cause = problem.message || problem.code || problem.name;
  const remedies = {
    CredentialsProviderError:
      'Log in (aws configure, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY).',
    AccessDeniedException: 'Give your user the policy in aws/policies/xray-setup.json.',
    ECONNREFUSED: 'Start local X-Ray first: npm run local-xray.',
  };
  const remedy =
    remedies[problem.name] ??
    remedies[problem.code] ??
    (/region/i.test(cause)
      ? 'Give a region: --region eu-west-1.'
      : 'See npm run aws:setup -- --help.');
  return `${attempt}: ${cause}. ${remedy}`;
}

main().catch((problem) => {
  console.error(problem.message);
  process.exitCode = 1;
});
