import type { JSX } from 'preact';
import { carried } from '../model/carried';
import { Dialog } from './dialog';
import style from './key-sheet.module.css';

const KEYS: [string, string[]][] = [
  ['Search or filter', ['/']],
  ['Next, previous row', ['j', 'k']],
  ['Next, previous fault, error or throttle', ['n', 'N']],
  ['Collapse, expand', ['←', '→']],
  ['Collapse, expand a level', ['[', ']']],
  ['Critical path on, off', ['c']],
  ['Open, close the logs', ['h']],
  ['Previous, next line of the logs', [',', '.']],
  ['Zoom in, out', ['w', 's']],
  ['Pan left, right', ['a', 'd']],
  ['Whole trace, whole map', ['0']],
  ['Open the row, or the source of the selection', ['Enter']],
  ['Open the line of the selection in the editor', ['o']],
  ['Copy a permalink', ['y']],
];
/** Shortcuts that need local X-Ray. They are not shown in a trace that was exported as a file. */
const ELSEWHERE: [string, string[]][] = [
  ['Filter by the selected value', ['f']],
  ['Mark as side A for compare', ['m']],
  ['Live on, pause', ['l']],
  ['Time range', ['t']],
  ['Select a part of the chart', ['b']],
  ['Group rows by route, service or user', ['b']],
  ['Compare the row with the rest', ['d']],
  ['Newest or slowest trace of the row', ['e']],
  ['Open the line of the row in the editor', ['o']],
  ['Zoom in, out on a map', ['+', '−']],
  ['Find a node of a map', ['f']],
  ['Fold, unfold the databases of a map', ['u']],
  ['Go to routes', ['g', 'r']],
  ['Go to traces', ['g', 't']],
  ['Go to errors', ['g', 'e']],
  ['Go to queries', ['g', 'q']],
  ['Go to service map', ['g', 'm']],
  ['Go to compare', ['g', 'c']],
  ['Go to sampling', ['g', 's']],
];

export function KeySheet({ onClose }: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <div class={style.keys}>
        {(carried ? KEYS : [...KEYS, ...ELSEWHERE]).map(([what, keys]) => (
          <div key={what}>
            <span>{what}</span>
            <span>
              {keys.map((key) => (
                <>
                  <kbd>{key}</kbd>{' '}
                </>
              ))}
            </span>
          </div>
        ))}
      </div>
    </Dialog>
  );
}
