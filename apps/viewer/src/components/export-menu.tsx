import { writeJson } from '@nestjs-xray/document/exact-json';
import { traceText, type TraceTree } from '@nestjs-xray/trace';
import type { JSX } from 'preact';
import { carried } from '../model/carried';
import { Icon } from './icon';
import { Menu } from './menu';
import { say } from './said';

const FORMATS = [
  { value: 'html', label: 'HTML: this page as one file' },
  { value: 'json', label: 'JSON: for import' },
  { value: 'md', label: 'Markdown: for an issue' },
];

/** Saves the trace as a file. JSON and Markdown need no local X-Ray, since they are made from the loaded copy. */
export function ExportMenu({ trace, tree }: { trace: object; tree: TraceTree }): JSX.Element {
  const name = `trace-${tree.id}`;
  const save = (format: string): void => {
    if (format === 'html') void savePage(tree.id, `${name}.html`);
    else if (format === 'json') saveFile(writeJson(trace, 2), 'application/json', `${name}.json`);
    else saveFile(traceText(tree), 'text/markdown', `${name}.md`);
  };
  return (
    <Menu
      label="Save this trace"
      align="right"
      shown={
        <>
          <Icon name="export" /> Export
        </>
      }
      // In a file with one trace there is no local X-Ray to create the HTML file, which it is itself.
      choices={carried ? FORMATS.filter(({ value }) => value !== 'html') : FORMATS}
      selected=""
      onSelect={save}
    />
  );
}

async function savePage(id: string, name: string): Promise<void> {
  try {
    const answer = await fetch(`/traces/${encodeURIComponent(id)}.html`);
    if (!answer.ok) throw new Error(`local X-Ray answered ${answer.status}`);
    saveFile(await answer.text(), 'text/html', name);
  } catch (error) {
    const reason = error instanceof TypeError ? 'local X-Ray does not answer' : String(error);
    say(
      `The HTML file could not be created: ${reason}. Save the trace as JSON or Markdown instead.`,
    );
  }
}

function saveFile(text: string, type: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
