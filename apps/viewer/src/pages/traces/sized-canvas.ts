/** Sizes a canvas to the pixels of the screen, so that it can be drawn on in CSS pixels. */
export function sized(
  canvas: HTMLCanvasElement,
): { context: CanvasRenderingContext2D; width: number; height: number; scale: number } | undefined {
  const scale = devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.scale(scale, scale);
  return { context, width, height, scale };
}
