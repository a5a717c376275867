let count = 0;

/**
 * A number that stays the same while a key is held down or a pointer drags, and changes with the next
 * press, click or drag.
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
// Screen readers click without a pointer. The repeated clicks of a held Enter key count as one.
window.addEventListener('click', () => !repeats && count++, true);
