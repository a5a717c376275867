import { runChild } from './child/run-child';

it('an unhandled rejection is reported, except of a promise that others may hold', async () => {
  expect(await runChild('floating-rejection.ts')).toBe('of an async method');
});
