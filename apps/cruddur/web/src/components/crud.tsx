import { useState } from 'preact/hooks';
import type { Activity, Api, Reply } from '../api';
import { href } from '../router';
import { count, span } from '../words';
import { Composer } from './composer';

interface Props {
  crud: Activity;
  api: Api;
  /** Called when a reply was stored. */
  changed: () => void;
}

/** A crud with its replies, and a field to answer it. */
export function Crud({ crud, api, changed }: Props) {
  const [answering, setAnswering] = useState(false);
  const answered = () => {
    setAnswering(false);
    changed();
  };

  return (
    <article class="crud">
      {crud.reason !== undefined && (
        <p class="reason">{crud.reason === 'reply' ? 'Answered you' : 'Mentioned you'}</p>
      )}
      <Words of={crud} />
      <footer>
        <button
          type="button"
          class="quiet"
          aria-expanded={answering}
          onClick={() => setAnswering(!answering)}
        >
          Reply{crud.replies_count > 0 && ` · ${crud.replies_count}`}
        </button>
        <span>{count(crud.reposts_count, 'repost')}</span>
        <span>{count(crud.likes_count, 'like')}</span>
        {crud.expires_at !== null && (
          <span>gone in {span(Date.now(), Date.parse(crud.expires_at))}</span>
        )}
      </footer>
      {answering && (
        <Composer
          label={`Your answer to @${crud.handle}`}
          action="Reply"
          maxChars={1024}
          send={(message) => api.reply(crud.uuid, message)}
          sent={answered}
        />
      )}
      {crud.replies.length > 0 && (
        <ol class="replies" aria-label="Replies">
          {crud.replies.map((reply) => (
            <li key={reply.uuid}>
              <Words of={reply} />
            </li>
          ))}
        </ol>
      )}
    </article>
  );
}

/** Who wrote what when. The message is text: Preact escapes it. */
function Words({ of: { uuid, handle, display_name, message, created_at } }: { of: Reply }) {
  const written = new Date(created_at);
  return (
    <>
      <header>
        <span class="face" aria-hidden="true" style={{ '--hue': hue(handle) }}>
          {display_name.slice(0, 1)}
        </span>
        <a class="name" href={href({ name: 'user', handle })}>
          {display_name} <span>@{handle}</span>
        </a>
        <a class="when" href={href({ name: 'show', uuid })}>
          <time dateTime={created_at} title={written.toLocaleString()}>
            {span(written.getTime(), Date.now())}
          </time>
        </a>
      </header>
      <p class="message">{message}</p>
    </>
  );
}

/** A colour for a person that stays the same. */
function hue(handle: string): number {
  return [...handle].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7);
}
