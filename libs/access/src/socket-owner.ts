import { readFile } from 'node:fs/promises';
import { endianness } from 'node:os';

/** A connection, seen from the server. */
export interface ConnectionEnds {
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  readonly localAddress?: string;
  readonly localPort?: number;
}

/**
 * The user of the process at the other end of a local connection. `unknown`: the system does not report it. `none`: no
 * process has the connection open any more.
 */
export type SocketOwner = number | 'none' | 'unknown';

/** The kernel's tables of TCP sockets (Linux, proc(5)). */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'] as const;
const LISTENING = '0A';

/**
 * Reads the tables in a thread: on a machine with much memory a table takes 10 ms, even with few connections.
 * @param read returns the text of a table, or rejects
 */
export async function socketOwner(
  connection: ConnectionEnds,
  read: (path: string) => Promise<string> = (path) => readFile(path, 'latin1'),
): Promise<SocketOwner> {
  const { remoteAddress, remotePort, localAddress, localPort } = connection;
  if (remoteAddress === undefined || remotePort === undefined || localAddress === undefined || localPort === undefined)
    return 'unknown';
  const rows = await rowsOf(read);
  if (!rows.some(({ local, state }) => state === LISTENING && local.endsWith(`:${hexPort(localPort)}`)))
    return 'unknown';
  const theirs = new Set(spellings(remoteAddress).map((address) => `${address}:${hexPort(remotePort)}`));
  const ours = new Set(spellings(localAddress).map((address) => `${address}:${hexPort(localPort)}`));
  const row = rows.find(({ local, remote }) => theirs.has(local) && ours.has(remote));
  return row === undefined || row.inode === '0' ? 'none' : Number(row.uid);
}

interface Row {
  readonly local: string;
  readonly remote: string;
  readonly state: string;
  readonly uid: string;
  /** 0: no process has the socket open. */
  readonly inode: string;
}

async function rowsOf(read: (path: string) => Promise<string>): Promise<Row[]> {
  const lines = await Promise.all(TABLES.map((path) => linesOf(path, read)));
  return lines.flat().flatMap((line) => {
    const [, local, remote, state, , , , uid, , inode] = line.trim().split(/\s+/);
    return local && remote && state && uid && inode ? [{ local, remote, state, uid, inode }] : [];
  });
}

async function linesOf(path: string, read: (path: string) => Promise<string>): Promise<string[]> {
  try {
    return (await read(path)).split('\n').slice(1);
  } catch {
    return [];
  }
}

/** The tables' form of an address: 32-bit words in the machine's byte order, and IPv4 also mapped to IPv6. */
function spellings(address: string): string[] {
  const [, mapped] = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped === undefined) return address === '::1' ? [words([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])] : [];
  const bytes = mapped.split('.').map(Number);
  return [words(bytes), words([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...bytes])];
}

function words(bytes: readonly number[]): string {
  const ordered = Array.from({ length: bytes.length / 4 }, (_, i) => bytes.slice(4 * i, 4 * i + 4)).flatMap((word) =>
    endianness() === 'LE' ? word.reverse() : word,
  );
  return Buffer.from(ordered).toString('hex').toUpperCase();
}

const hexPort = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
