import dgram from 'node:dgram';
import dns from 'node:dns';
import { once } from 'node:events';
import { UdpSocket } from './udp-socket';

describe('UdpSocket', () => {
  it('reaches an IPv4 daemon by a name that resolves to ::1 first', async () => {
    const addresses = [
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ];
    const real: (...args: any[]) => void = dns.lookup;
    const lookup = jest
      .spyOn(dns, 'lookup')
      .mockImplementation(((...args: any[]) =>
        args[0] === 'localhost'
          ? process.nextTick(args.at(-1), null, addresses)
          : real(...args)) as any);
    const daemon = dgram.createSocket('udp4');
    daemon.bind(0, '127.0.0.1');
    await once(daemon, 'listening');
    const received = once(daemon, 'message');
    const socket = new UdpSocket({ host: 'localhost', port: daemon.address().port }, () => {});
    await new Promise<void>((done, failed) =>
      socket.connect((problem) => (problem ? failed(problem) : done())),
    );
    socket.send('a document', undefined, () => {});
    expect(String((await received)[0])).toBe('a document');
    socket.close();
    daemon.close();
    lookup.mockRestore();
  });
});
