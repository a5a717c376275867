import { dropsIn } from './kernel-drops';

const TABLE = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  412: 0100007F:07D0 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 81011 2 0000000000000000 1234
  413: 00000000:07D1 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 81012 2 0000000000000000 7
`;

describe('the number of datagrams dropped by the kernel', () => {
  it('is the last column of the socket at the port', () => {
    expect(dropsIn(TABLE, 2000)).toBe(1234);
    expect(dropsIn(TABLE, 2001)).toBe(7);
  });

  it('is unknown for a port without a socket', () => {
    expect(dropsIn(TABLE, 80)).toBeUndefined();
    expect(dropsIn('', 2000)).toBeUndefined();
  });
});
