import { severity, STATUSES, type Status } from '@nestjs-xray/trace';
import { tokenColours } from '../../components/theme';
import type { Point } from '../../model/list/scatter';
import { sized } from './sized-canvas';

/** Draws points in the shapes of their statuses, so that colour is not the only difference. */
export function drawDots(canvas: HTMLCanvasElement, points: Point[]): void {
  const area = sized(canvas);
  if (!area) return;
  const { context, width, height, scale } = area;
  const colours = tokenColours(canvas.parentElement ?? document.body, [
    'ok',
    'error',
    'throttle',
    'fault',
  ] as const);
  // Each shape is drawn once and then copied, at most once per pixel: ten thousand paths would take
  // longer than a frame.
  const taken = new Set<number>();
  const stamps = new Map<Status, HTMLCanvasElement>();
  for (let at = points.length - 1; at >= 0; at--) {
    const { status, x, y } = points[at] as Point;
    const left = Math.round(x * width);
    const top = Math.round(y * height);
    taken.add((left * 4096 + top) * 4 + severity(status));
  }
  for (const pixel of [...taken].reverse()) {
    const status = STATUSES[STATUSES.length - 1 - (pixel % 4)] ?? 'ok';
    const stamp = stamps.get(status) ?? stampOf(status, colours[status], scale);
    stamps.set(status, stamp);
    const place = Math.floor(pixel / 4);
    context.drawImage(
      stamp,
      Math.floor(place / 4096) - STAMP / 2,
      (place % 4096) - STAMP / 2,
      STAMP,
      STAMP,
    );
  }
}

/** Width and height of the image of a shape, in CSS pixels. */
const STAMP = 12;

function stampOf(status: Status, colour: string, scale: number): HTMLCanvasElement {
  const stamp = document.createElement('canvas');
  stamp.width = stamp.height = STAMP * scale;
  const context = stamp.getContext('2d');
  if (!context) return stamp;
  context.scale(scale, scale);
  context.translate(STAMP / 2, STAMP / 2);
  context.fillStyle = colour;
  context.globalAlpha = status === 'ok' ? 0.8 : 1;
  context.beginPath();
  if (status === 'ok') context.arc(0, 0, 3, 0, 2 * Math.PI);
  else if (status === 'throttle') context.rect(-4, -4, 8, 8);
  else if (status === 'error') polygon(context, [0, -4.4, 5, 4.6, -5, 4.6]);
  else polygon(context, [0, -5, 5, 0, 0, 5, -5, 0]);
  context.fill();
  return stamp;
}

function polygon(context: CanvasRenderingContext2D, at: number[]): void {
  context.moveTo(at[0] ?? 0, at[1] ?? 0);
  for (let i = 2; i < at.length; i += 2) context.lineTo(at[i] ?? 0, at[i + 1] ?? 0);
  context.closePath();
}
