let count = 0;

/**
 * A number that is the same for as long as a key is held down or a pointer drags, and
 * another one for the next press, click or drag.
 */
export function gesture(): number {
  return count;
}

let repeats = false;
window.addEventListener('pointerdown', () => count++, true);
window.addEventListener(
  'keydown',
  (event) => {
    repeats = event.repeat;
    if (!repeats) count++;
  },
  true,
);
window.addEventListener('keyup', () => (repeats = false), true);
// Clicks also come without a pointer, from a screen reader for instance; those that a held Enter makes are one.
window.addEventListener('click', () => !repeats && count++, true);
