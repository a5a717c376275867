import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { useStatus } from '../../api/live';
import { CopyButton } from '../../components/button';
import { useKeys } from '../../components/keys';
import { Failure, Skeleton } from '../../components/load-state';
import { useQuery } from '../../components/use-query';
import { ruleFor } from '../../model/sampling';
import { useTitle } from '../../components/use-title';
import type { PageProps } from '../../page';
import { RulesTable } from './rules-table';
import { Tester } from './tester';
import { useRules } from './use-rules';
import style from './sampling.module.css';

/** A rule that most applications need: no traces of health checks. */
const EXAMPLE =
  'RuleName=health,Priority=100,FixedRate=0,ReservoirSize=0,ServiceName=*,ServiceType=*,Host=*,HTTPMethod=*,URLPath=/health,ResourceARN=*,Version=1';

/** Which requests are traced: the rules in the order in which they are tried, with their counts. */
export function SamplingPage(_: PageProps): JSX.Element {
  useTitle('Sampling');
  const { rules, error } = useRules();
  const status = useStatus();
  const [query, setQuery] = useQuery(['rule', 'service', 'method', 'host', 'path']);
  const first = useRef<HTMLInputElement>(null);
  useKeys({ '/': () => first.current?.focus() });
  if (!rules) {
    return error ? (
      <Failure what="The rules could not be loaded" error={error} />
    ) : (
      <Skeleton label="Loading the rules…" rows={4} />
    );
  }
  const { service, method, host, path } = query;
  const asked = Boolean(service || method || host || path);
  const taker = asked ? ruleFor(rules, { service, method, host, path }) : undefined;
  const address = status?.address ?? location.host;
  const command = `aws xray create-sampling-rule --endpoint-url http://${address} \\\n  --sampling-rule '${EXAMPLE}'`;
  return (
    <div>
      <header class={style.head}>
        <h1>Sampling</h1>
        <p class="t2">
          Rules are tried from the top, and the first match decides. It records its reservoir each
          second, and its rate of the other requests. Counts cover the last five minutes.
        </p>
      </header>
      {error && (
        <p class={`${style.problem} s-fault`} role="alert">
          These counts are old: {error.message}
        </p>
      )}
      <RulesTable
        rules={rules}
        marked={asked ? taker?.name : query.rule || undefined}
        note={asked ? 'applies' : 'of the trace'}
      />
      <div class={style.columns}>
        <Tester query={query} first={first} taker={taker} asked={asked} onChange={setQuery} />
        <section>
          <h2>Add or change a rule</h2>
          <p class="t2">
            Use the X-Ray API, for example with the AWS CLI. This rule leaves out health checks.
            Applications fetch the rules every five minutes, or earlier if the response to one of
            their reports announces a change.
          </p>
          <div class={style.command}>
            <pre class="code" tabIndex={0} aria-label="Command">
              {command.split(/(?<=,)/).map((part) => (
                <>
                  {part}
                  <wbr />
                </>
              ))}
            </pre>
            <CopyButton text={command} label="Copy the command">
              Copy
            </CopyButton>
          </div>
        </section>
      </div>
    </div>
  );
}
