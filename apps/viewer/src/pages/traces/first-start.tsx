import type { JSX } from 'preact';
import { useStatus } from '../../api/live';
import { CodeSample } from '../../components/code-sample';
import { count } from '../../model/format';
import { whenOf } from '../../model/list/when';
import style from './first-start.module.css';

const MODULE = `import { XrayModule } from 'nestjs-xray';
@Module({ imports: [XrayModule.forRoot({ serviceName: 'backend-nest' })] })
export class AppModule {}`;
const REQUEST = 'curl -i http://localhost:4567/api/activities/home';

/** Shown before the first trace: the code to add, a request to send, and what has been received so far. */
export function FirstStart({ onImport }: { onImport: () => void }): JSX.Element {
  const status = useStatus();
  const address = status?.address ?? location.host;
  return (
    <div class={style.page}>
      <h2 class="big">Waiting for the first trace</h2>
      <p class={style.lead}>
        Local X-Ray listens on {address}. The first trace appears here as soon as it arrives,
        without reloading the page.
      </p>
      <div class={style.columns}>
        <div>
          <section class={style.step}>
            <h3 class="vh">Steps</h3>
            <h2>
              <span class={style.number}>1</span>Add the module to your Nest app{' '}
              <span class="t3 mono">app.module.ts</span>
            </h2>
            <CodeSample text={MODULE} label="the module">
              <span class="hl">import</span> {'{ XrayModule }'} <span class="hl">from</span>{' '}
              <span class="str">'nestjs-xray'</span>;{'\n'}
              <span class="hl">@Module</span>
              {'({ imports: [XrayModule.forRoot({ serviceName: '}
              <span class="str">'backend-nest'</span>
              {' })] })\n'}
              <span class="hl">export class</span> {'AppModule {}'}
            </CodeSample>
          </section>
          <section class={style.step}>
            <h2>
              <span class={style.number}>2</span>Send it a request
            </h2>
            <CodeSample text={REQUEST} label="the request">
              {REQUEST}
            </CodeSample>
          </section>
          <section class={style.step}>
            <h2>
              <span class={style.number}>3</span>No app yet? Start the demo of this repository
            </h2>
            <CodeSample text="npm start" label="the command">
              npm start
            </CodeSample>
          </section>
        </div>
        <aside class={style.received} aria-label="Received so far">
          <h2>Received so far</h2>
          <dl>
            <div>
              <dt>Segments</dt>
              <dd>{count(status?.received ?? 0)}</dd>
            </div>
            <div>
              <dt>Rejected</dt>
              <dd>{count(status?.rejected ?? 0)}</dd>
            </div>
          </dl>
          <p>
            Still zero after a request? Then your app sends its traces elsewhere. Check that{' '}
            <code>AWS_XRAY_DAEMON_ADDRESS</code> is <code>{address}</code>.
          </p>
          {status && status.rejections.length > 0 && (
            <ol class={style.rejected} aria-label="Rejected last">
              {status.rejections.slice(0, 5).map((rejection, at) => (
                <li key={at}>
                  <span class="t3">{whenOf(rejection.at, { seconds: true })}</span>{' '}
                  <b>{rejection.code}</b> {rejection.message}
                </li>
              ))}
            </ol>
          )}
          {status && status.repairs.length > 0 && (
            <ol class={style.rejected} aria-label="Stored, with fields converted or left out">
              {status.repairs.slice(0, 5).map((repair, at) => (
                <li key={at}>
                  <span class="t3">{whenOf(repair.at, { seconds: true })}</span>{' '}
                  <b>{repair.name}</b> {repair.message}
                </li>
              ))}
            </ol>
          )}
          <p>
            <button type="button" class="btn" onClick={onImport}>
              Import a JSON file…
            </button>
          </p>
        </aside>
      </div>
    </div>
  );
}
