import type { JSX } from 'preact';
import { connect, useConnection, useStatus } from '../../api/live';
import { useNow } from '../../api/use-trace';
import { Glyph } from '../../components/status';
import { ago, plural } from '../../model/format';
import { whenOf } from '../../model/list/when';
import style from './unreachable.module.css';

/** Shown if local X-Ray does not answer: since when, when the next attempt is made, and possible reasons. */
export function Unreachable({ kept }: { kept: number }): JSX.Element {
  const connection = useConnection();
  const address = useStatus()?.address ?? location.host;
  const port = /:(\d+)$/.exec(address)?.[1] ?? '2000';
  const now = useNow(true, 1000);
  const heard = connection.heardAt === undefined ? undefined : connection.heardAt / 1000;
  const next = Math.max(0, Math.round((connection.nextTryAt ?? 0) / 1000 - now));
  return (
    <>
      <section class={style.banner} role="alert" aria-label="Local X-Ray doesn’t answer">
        <div class={style.words}>
          <h2>
            <Glyph name="fault" /> Local X-Ray doesn’t answer
          </h2>
          <button type="button" class="btn" onClick={connect}>
            Try now
          </button>
          <p>
            {address}{' '}
            {heard === undefined
              ? 'has not been reached yet'
              : `was last reached at ${whenOf(heard, { seconds: true })}, ${ago(now - heard)} ago`}
            . Next try {next > 0 ? `in ${next} s` : 'now'}. Until then, segments that your app sends
            over UDP are lost. Your app is not affected.
          </p>
        </div>
        <div class={style.remedies}>
          <div>
            <h3>Is it running?</h3>
            <code>npx local-xray</code>
            <p>
              In the repository, <b>npm start</b> also starts the demo.
            </p>
          </div>
          <div>
            <h3>Is the port in use?</h3>
            <code>lsof -i :{port}</code>
            <p>The X-Ray daemon uses the same port.</p>
          </div>
          <div>
            <h3>Did the address change?</h3>
            <code>XRAY_LOCAL_ADDRESS=127.0.0.1:{Number(port) + 1}</code>
            <p>Then open this page on that port.</p>
          </div>
        </div>
      </section>
      {kept > 0 && (
        <p class={style.keptHead}>
          This page still has {plural(kept, 'trace')}
          {heard !== undefined && `, up to ${whenOf(heard, { seconds: true })}`}. You can sort and
          read them.
        </p>
      )}
    </>
  );
}
