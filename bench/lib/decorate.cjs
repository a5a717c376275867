'use strict';

/** Applies a method decorator as compiled TypeScript does: the benches are plain JavaScript. */
function decorate(decorator, owner, key) {
  if (!decorator) return;
  const { prototype } = owner;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
  const replaced = decorator(prototype, key, descriptor) ?? descriptor;
  Object.defineProperty(prototype, key, replaced);
}

/** Applies a parameter decorator to the parameter at `index`. */
function decorateParameter(decorator, owner, key, index) {
  decorator(owner.prototype, key, index);
}

module.exports = { decorate, decorateParameter };
