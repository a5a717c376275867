import { once } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { unpack } from '../ingest/packed-datagrams';
import { DatagramBacklog } from './datagram-backlog';

const datagram = (text: string) => new TextEncoder().encode(text);

describe('the backlog of datagrams', () => {
  const ports: MessagePort[] = [];
  const writer = () => {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    return { mine: port1, theirs: port2 };
  };
  afterEach(() => ports.splice(0).forEach((port) => port.close()));

  it('sends two batches, and the next when one has been processed', async () => {
    const backlog = new DatagramBacklog();
    for (let number = 0; number < 1000; number++) backlog.add(datagram(String(number)));
    const { mine, theirs } = writer();
    const got: string[][] = [];
    mine.on('message', (packed: Uint8Array) =>
      got.push(unpack(packed).map((each) => new TextDecoder().decode(each))),
    );
    backlog.connect(theirs);
    while (got.length < 2) await once(mine, 'message');
    await new Promise(setImmediate);
    expect(got.map(({ length }) => length)).toEqual([256, 256]);
    expect(backlog.counts).toEqual({ waiting: 1000, lost: 0 });

    const drained = backlog.drained();
    let answered = 0;
    const answer = () => {
      for (; answered < got.length; answered++) mine.postMessage(null);
    };
    mine.on('message', answer);
    answer();
    await drained;
    expect(got.flat()).toEqual(Array.from({ length: 1000 }, (_, number) => String(number)));
    expect(backlog.counts).toEqual({ waiting: 0, lost: 0 });
  });

  it('counts what a writer that ended had not processed as lost, and continues with the next writer', async () => {
    const backlog = new DatagramBacklog();
    for (let number = 0; number < 600; number++) backlog.add(datagram('x'));
    backlog.connect(writer().theirs);
    const { mine, theirs } = writer();
    const got: number[] = [];
    mine.on('message', (packed: Uint8Array) => {
      got.push(unpack(packed).length);
      mine.postMessage(null);
    });
    backlog.connect(theirs);
    await backlog.drained();

    expect(got).toEqual([88]);
    expect(backlog.counts).toEqual({ waiting: 0, lost: 512 });
  });

  it('holds at most 64 MB, and counts what exceeds it', () => {
    const backlog = new DatagramBacklog();
    const large = new Uint8Array(60_000);
    for (let number = 0; number < 1200; number++) backlog.add(large);

    expect(backlog.counts).toEqual({ waiting: 1118, lost: 82 });
  });
});
