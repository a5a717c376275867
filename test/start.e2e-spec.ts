import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Stack } from './stack';
import { theFirstTrace } from './start/first-trace';
import { describeSteps, theWalkthrough } from './start/walkthrough';

// Starting takes longer than what is tested of it, so all of it is tested on one.
describe('npm start', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start();
  }, 120_000);
  afterAll(() => stack?.stop());

  describeSteps('docs/walkthrough.md', () => theWalkthrough(() => stack));
  describe('the first trace', () => theFirstTrace(() => stack));

  it('stops both parts on Ctrl-C and leaves nothing listening', async () => {
    expect(stack.output).toContain(stack.cruddur);
    expect(stack.output).toContain(stack.localXray);
    expect(await stack.stop()).toBe(0);
    await expect(fetch(stack.cruddur)).rejects.toThrow();
    await expect(fetch(stack.localXray)).rejects.toThrow();
  });
});

describe('npm start, if it cannot start', () => {
  it.each([
    ['PORT', (port: number) => ({ PORT: String(port) })],
    ['XRAY_LOCAL_ADDRESS', (port: number) => ({ XRAY_LOCAL_ADDRESS: `127.0.0.1:${port}` })],
  ])(
    'names the port and %s if it is in use, exits with code 1 and leaves nothing behind',
    async (variable, overrides) => {
      const squatter = createServer((_request, response) => response.writeHead(404).end());
      squatter.listen(0, '127.0.0.1');
      await once(squatter, 'listening');
      const { port } = squatter.address() as AddressInfo;
      try {
        const stack = await Stack.spawn(overrides(port));
        expect(await stack.ended()).toBe(1);
        expect(stack.output).toContain(String(port));
        expect(stack.output).toContain(variable);
        await expect(fetch(stack.localXray)).rejects.toThrow();
      } finally {
        squatter.close();
      }
    },
    120_000,
  );

  it('does not mistake another Cruddur on its port for its own', async () => {
    const other = createServer((_request, response) => response.end('{"success":true}'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      const stack = await Stack.spawn({ PORT: String(port) });
      expect(await stack.ended()).toBe(1);
      expect(stack.output).toContain(`127.0.0.1:${port}`);
      expect(stack.output).not.toContain('Ctrl-C ends everything');
    } finally {
      other.close();
    }
  }, 120_000);
});
