import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { platform } from 'node:os';
import { expect, it, vi } from 'vitest';
import { socketOwner, type ConnectionEnds } from './socket-owner.js';
import { shareNext, tablesFrom } from './socket-tables.js';

const HEADER = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (local: string, remote: string, state: string, uid: number, inode: number) =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 ` +
  `${inode} 1 0000000000000000\n`;
const LISTENER = row('0100007F:1F90', '00000000:0000', '0A', 1000, 1);
const reading = (tcp: string, tcp6 = '') =>
  tablesFrom((path) => Promise.resolve(HEADER + (path.endsWith('6') ? tcp6 : tcp)));
const connection: ConnectionEnds = {
  remoteAddress: '127.0.0.1',
  remotePort: 0xc350,
  localAddress: '127.0.0.1',
  localPort: 8080,
};

it.each([
  ['the user of the other end', LISTENER + row('0100007F:C350', '0100007F:1F90', '01', 33, 7), '', 33],
  [
    'not the user of this end',
    LISTENER +
      row('0100007F:1F90', '0100007F:C350', '01', 1000, 8) +
      row('0100007F:C350', '0100007F:1F90', '01', 33, 7),
    '',
    33,
  ],
  [
    'not the user of another address with the same port',
    LISTENER + row('0200007F:C350', '0100007F:1F90', '01', 33, 7),
    '',
    'none',
  ],
  [
    'an end mapped to IPv6',
    LISTENER,
    row('0000000000000000FFFF00000100007F:C350', '0000000000000000FFFF00000100007F:1F90', '01', 33, 7),
    33,
  ],
  ['none, when no process holds it any more', LISTENER + row('0100007F:C350', '0100007F:1F90', '05', 0, 0), '', 'none'],
  ['none, when it has gone', LISTENER, '', 'none'],
  ['unknown, where the tables do not even have the listener', '', '', 'unknown'],
])('finds %s', async (_, tcp, tcp6, owner) => expect(await socketOwner(connection, reading(tcp, tcp6))).toBe(owner));

it('finds unknown where there are no tables, or the connection has gone', async () => {
  const absent = tablesFrom(() => Promise.reject(Object.assign(new Error('no such file'), { code: 'ENOENT' })));
  expect([await socketOwner(connection, absent), await socketOwner({}, reading(LISTENER))]).toEqual([
    'unknown',
    'unknown',
  ]);
});

it('fails if a table that is there cannot be read: clients can use up the file descriptors', async () => {
  const error = Object.assign(new Error('too many open files'), { code: 'EMFILE' });
  await expect(
    socketOwner(
      connection,
      tablesFrom(() => Promise.reject(error)),
    ),
  ).rejects.toBe(error);
});

it('a read that failed does not fail the next one', async () => {
  const work = vi.fn<() => Promise<number>>().mockRejectedValueOnce(new Error('EMFILE')).mockResolvedValue(1);
  const share = shareNext(work);
  await expect(share()).rejects.toThrow('EMFILE');
  expect(await share()).toBe(1);
});

it.runIf(platform() === 'linux').each(['127.0.0.1', '::1', '::'])(
  'finds this user at the other end of a real connection to %s',
  async (host) => {
    const server = createServer().listen(0, host);
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, host === '::' ? '127.0.0.1' : host);
    const [accepted] = (await once(server, 'connection')) as [Socket];
    expect(await socketOwner(accepted)).toBe(process.geteuid?.());
    client.destroy();
    accepted.destroy();
    server.close();
  },
);

it('reads the second table only for a connection that the first one does not have', async () => {
  const paths: string[] = [];
  const own = row('0100007F:C350', '0100007F:1F90', '01', 33, 7);
  const tables = tablesFrom((path) => (paths.push(path), Promise.resolve(HEADER + LISTENER + own)));
  await socketOwner(connection, tables);
  expect(paths).toEqual(['/proc/net/tcp']);
  await socketOwner({ ...connection, remotePort: 1 }, tables);
  expect(paths).toEqual(['/proc/net/tcp', '/proc/net/tcp', '/proc/net/tcp6']);
});

it('reads once for all calls of a turn, and once for all that come during that read', async () => {
  const reads: PromiseWithResolvers<number>[] = [];
  const share = shareNext(() => (reads.push(Promise.withResolvers<number>()), reads.at(-1)!.promise));
  const [first, second] = [share(), share()];
  await vi.waitFor(() => expect(reads.length).toBe(1));
  const [third, fourth] = [share(), share()];
  reads[0]!.resolve(1);
  expect(await Promise.all([first, second])).toEqual([1, 1]);
  await vi.waitFor(() => expect(reads.length).toBe(2));
  reads[1]!.resolve(2);
  expect([await third, await fourth, reads.length]).toEqual([2, 2, 2]);
});
