/** Does to a method of JavaScript what decorators do to one of TypeScript. */
exports.decorate = function decorate(type, method, decorators, parameter) {
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, method);
  for (const each of decorators) each(type.prototype, method, descriptor);
  Object.defineProperty(type.prototype, method, descriptor);
  if (parameter) parameter.forEach((each, at) => each(type.prototype, method, at));
};
