'use strict';

/** No tracing. With `interceptor`, measures what Nest needs for an interceptor that does nothing. */
function start({ interceptor = false }) {
  return {
    traced: () => undefined,
    providers: interceptor ? [emptyInterceptor()] : [],
  };
}

function emptyInterceptor() {
  const { APP_INTERCEPTOR } = require('@nestjs/core');
  return {
    provide: APP_INTERCEPTOR,
    useValue: { intercept: (_context, next) => next.handle() },
  };
}

module.exports = { start };
