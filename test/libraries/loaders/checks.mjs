import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Who is the parent of what, where several callers share a batch of dataloader. */
export async function loaderChecks({ check }) {
  const DataLoader = require('dataloader');
  const { memory, xray, close } = await require('../chain/app.cjs').start({ sampling: 1 });

  /** The segment in which two callers each load one of `keys`, and go on with what they got. */
  async function twoCallers(loader, keys) {
    memory.documents.length = 0;
    await xray.captureSegment('request', () =>
      Promise.allSettled(
        keys.map((key) =>
          xray.capture(`caller ${key}`, async () => {
            const value = await loader.load(key);
            await xray.capture(`goes on with ${value}`, async () => {});
          }),
        ),
      ),
    );
    const [segment] = memory.documents;
    assert.equal(memory.documents.length, 1);
    return segment;
  }
  const shape = ({ name, namespace, subsegments = [] }) => [
    namespace === undefined ? name : `${name} [${namespace}]`,
    ...subsegments.map(shape),
  ];

  await check(
    'dataloader: the batch is there once, and callers go on where they were',
    async () => {
      const loader = new DataLoader(async (keys) =>
        xray.capture('query', async () => keys.map((key) => key.toUpperCase())),
      );
      const segment = await twoCallers(loader, ['a', 'b']);
      // dataloader runs the batch for the first caller; a load is a call within this process.
      assert.deepEqual(shape(segment), [
        'request',
        ['caller a', ['dataloader.load', ['dataloader.batch', ['query']]], ['goes on with A']],
        ['caller b', ['dataloader.load'], ['goes on with B']],
      ]);
      const [one, other] = segment.subsegments.map(({ subsegments }) => subsegments[0]);
      const [batch] = one.subsegments;
      assert.deepEqual(
        batch.links.map(({ id }) => id),
        [one.id, other.id],
      );
    },
  );

  await check('dataloader: a batch that fails is a fault of it and of each load', async () => {
    const loader = new DataLoader(() => Promise.reject(new TypeError('no rows')));
    const { subsegments } = await twoCallers(loader, ['a', 'b']);
    const loads = subsegments.map((caller) => caller.subsegments[0]);
    assert.deepEqual(
      [...loads, loads[0].subsegments[0]].map(({ name, fault }) => [name, fault]),
      [
        ['dataloader.load', true],
        ['dataloader.load', true],
        ['dataloader.batch', true],
      ],
    );
  });

  await check('dataloader: keys that are cached make no batch, and lose no context', async () => {
    const loader = new DataLoader(async (keys) => keys);
    await twoCallers(loader, ['a', 'b']);
    assert.deepEqual(shape(await twoCallers(loader, ['a', 'b'])), [
      'request',
      ['caller a', ['dataloader.load'], ['goes on with a']],
      ['caller b', ['dataloader.load'], ['goes on with b']],
    ]);
  });
  await close();
}
