import { tokenColours } from '../../components/theme';
import type { HeatMap } from '../../model/list/heat';
import { sized } from './sized-canvas';

const STEPS = ['heat-1', 'heat-2', 'heat-3', 'heat-4', 'heat-5'] as const;
/** Half the size of the diamond in a cell with faults. */
const MARK = 5;

/** Draws cells in the colour of their step. Cells with faults have the diamond of a fault. */
export function drawHeat(canvas: HTMLCanvasElement, { cells }: HeatMap): void {
  const area = sized(canvas);
  if (!area) return;
  const { context, width, height } = area;
  const names = [...STEPS, 'fault', 'surface'] as const;
  const colours = tokenColours(canvas.parentElement ?? document.body, names);
  for (const cell of cells) {
    context.fillStyle = colours[STEPS[cell.step - 1] ?? 'heat-1'];
    const left = Math.round(cell.x * width);
    const top = Math.round(cell.y * height);
    // Leave one pixel free between two cells.
    context.fillRect(
      left,
      top,
      Math.max(1, Math.round((cell.x + cell.width) * width) - left - 1),
      Math.max(1, Math.round((cell.y + cell.height) * height) - top - 1),
    );
  }
  context.strokeStyle = colours.surface;
  context.fillStyle = colours.fault;
  for (const { fault, ...cell } of cells) {
    if (fault === 0) continue;
    const [x, y] = [(cell.x + cell.width / 2) * width, (cell.y + cell.height / 2) * height];
    context.beginPath();
    context.moveTo(x, y - MARK);
    context.lineTo(x + MARK, y);
    context.lineTo(x, y + MARK);
    context.lineTo(x - MARK, y);
    context.closePath();
    context.fill();
    context.stroke();
  }
}
