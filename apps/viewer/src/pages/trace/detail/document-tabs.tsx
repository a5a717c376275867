import { writeJson } from '@nestjs-xray/document/exact-json';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { CopyButton } from '../../../components/button';
import { annotationFilter, literal } from '../../../model/filter/filter-text';
import { formatSql, oneLine } from '../../../model/trace/sql-format';
import type { TraceNode } from '@nestjs-xray/trace';
import { Field, Fields } from './fields';
import { JsonTree } from './json-tree';
import style from './document-tabs.module.css';

export function AnnotationsTab({ node }: { node: TraceNode }): JSX.Element {
  return (
    <Fields>
      {Object.entries(node.doc.annotations ?? {}).map(([key, value]) => (
        <Field key={key} name={key} mono copy={String(value)} filter={annotationFilter(key, value)}>
          {String(value)}
        </Field>
      ))}
    </Fields>
  );
}

export function MetadataTab({ node }: { node: TraceNode }): JSX.Element {
  const namespaces = Object.entries(node.doc.metadata ?? {});
  return (
    <>
      {namespaces.map(([namespace, values]) => (
        <JsonTree key={namespace} name={namespace} value={values} open={3} />
      ))}
      <p class={style.actions}>
        <CopyButton text={() => writeJson(node.doc.metadata, 2)} label="Copy metadata as JSON">
          Copy
        </CopyButton>
      </p>
    </>
  );
}

export function HttpTab({ node }: { node: TraceNode }): JSX.Element {
  const { request = {}, response = {} } = node.doc.http ?? {};
  const isSegment = node.kind === 'segment';
  return (
    <>
      <h3>Request</h3>
      <Fields>
        {request.method !== undefined && (
          <Field
            name="Method"
            {...(isSegment && { filter: `http.method = ${literal(request.method)}` })}
          >
            {request.method}
          </Field>
        )}
        {request.url !== undefined && (
          <Field
            name="URL"
            mono
            copy={request.url}
            {...(isSegment && { filter: `http.url = ${literal(request.url)}` })}
          >
            {request.url}
          </Field>
        )}
        {request.client_ip !== undefined && (
          <Field
            name="Client"
            mono
            copy={request.client_ip}
            {...(isSegment && { filter: `http.clientip = ${literal(request.client_ip)}` })}
          >
            {request.client_ip}
            {request.x_forwarded_for === true && <span class="t3"> from X-Forwarded-For</span>}
          </Field>
        )}
        {request.user_agent !== undefined && (
          <Field name="User agent" copy={request.user_agent}>
            {request.user_agent}
          </Field>
        )}
        {request.traced !== undefined && (
          <Field name="Traced">
            {request.traced ? 'by the called service too' : 'only by this service'}
          </Field>
        )}
      </Fields>
      <h3>Response</h3>
      <Fields>
        {response.status !== undefined ? (
          <Field name="Status" {...(isSegment && { filter: `http.status = ${response.status}` })}>
            {response.status}
          </Field>
        ) : (
          <Field name="Status">
            <span class="t3">none was recorded</span>
          </Field>
        )}
        {response.content_length !== undefined && (
          <Field name="Length">{response.content_length} bytes</Field>
        )}
      </Fields>
    </>
  );
}

export function SqlTab({ node }: { node: TraceNode }): JSX.Element {
  const [laidOut, setLaidOut] = useState(true);
  const sql = 'sql' in node.doc ? (node.doc.sql ?? {}) : {};
  const query = sql.sanitized_query;
  return (
    <>
      {query !== undefined && (
        <>
          <pre class="code" tabIndex={0} role="group" aria-label="Statement">
            {laidOut
              ? formatSql(query).map((piece, at) => (
                  <span
                    key={at}
                    class={{ keyword: 'hl', string: 'str', comment: 'com', plain: '' }[piece.kind]}
                  >
                    {piece.text}
                  </span>
                ))
              : oneLine(query)}
          </pre>
          <p class={style.actions}>
            <CopyButton text={query} label="Copy the statement">
              Copy
            </CopyButton>
            <button type="button" class="btn quiet" onClick={() => setLaidOut(!laidOut)}>
              {laidOut ? 'As one line' : 'Formatted'}
            </button>
          </p>
        </>
      )}
      <Fields>
        {(
          [
            ['Database', [sql.database_type, sql.database_version].filter(Boolean).join(' ')],
            ['URL', sql.url],
            ['Connection', sql.connection_string],
            ['User', sql.user],
            ['Driver', sql.driver_version],
            ['Preparation', sql.preparation],
          ] as const
        ).map(
          ([name, value]) =>
            value && (
              <Field
                key={name}
                name={name}
                copy={value}
                mono={name === 'URL' || name === 'Connection'}
              >
                {value}
              </Field>
            ),
        )}
      </Fields>
    </>
  );
}

export function AwsTab({ node }: { node: TraceNode }): JSX.Element {
  return (
    <>
      {Object.entries(node.doc.aws ?? {}).map(([key, value]) => (
        <JsonTree key={key} name={key} value={value} open={2} />
      ))}
      <p class={style.actions}>
        <CopyButton text={() => writeJson(node.doc.aws, 2)} label="Copy AWS fields as JSON">
          Copy
        </CopyButton>
      </p>
    </>
  );
}

/** The document as JSON. Subsegments, which have their own rows, are omitted here but included in the copy. */
export function RawTab({ node }: { node: TraceNode }): JSX.Element {
  const [withSubsegments, setWithSubsegments] = useState(false);
  const { subsegments, ...own } = node.doc;
  const parts = subsegments?.length ?? 0;
  const shown = withSubsegments || parts === 0 ? node.doc : { ...own, subsegments: `… ${parts}` };
  return (
    <>
      <p class={style.actions}>
        <CopyButton text={() => writeJson(node.doc, 2)} label="Copy the document">
          Copy
        </CopyButton>
        {parts > 0 && (
          <button
            type="button"
            class="btn quiet"
            onClick={() => setWithSubsegments(!withSubsegments)}
          >
            {withSubsegments ? 'Without subsegments' : 'With subsegments'}
          </button>
        )}
      </p>
      <pre class={`code ${style.raw}`} tabIndex={0} role="group" aria-label="Document">
        {writeJson(shown, 2)}
      </pre>
    </>
  );
}
