import { runChild } from './child/run-child';

it('reports a rejection that nobody handles, but of a promise that others may hold', async () => {
  expect(await runChild('floating-rejection.ts')).toBe('of an async method');
});
