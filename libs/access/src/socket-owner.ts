import { endianness } from 'node:os';
import { systemTables, type SocketTable } from './socket-tables.js';

/** A connection, seen from the server. */
export interface ConnectionEnds {
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  readonly localAddress?: string;
  readonly localPort?: number;
  /** Whether it is closed. */
  readonly destroyed?: boolean;
}

/**
 * The user of the process at the other end of a local connection. `unknown`: the system does not report it. `none`: no
 * process has the connection open any more.
 */
export type SocketOwner = number | 'none' | 'unknown';

const LISTENING = '0A';

/** Finds the user at the other end of a connection to this machine. */
export async function socketOwner(
  { remoteAddress, remotePort, localAddress, localPort }: ConnectionEnds,
  tables: readonly SocketTable[] = systemTables,
): Promise<SocketOwner> {
  if (remoteAddress === undefined || remotePort === undefined || localAddress === undefined || localPort === undefined)
    return 'unknown';
  const ends = { remoteAddress, remotePort, localAddress, localPort };
  let lines: readonly string[] = [];
  let owner: SocketOwner = 'unknown';
  for (const table of tables) {
    lines = lines.concat(await table());
    owner = ownerIn(lines, ends);
    if (typeof owner === 'number') break;
  }
  return owner;
}

function ownerIn(lines: readonly string[], ends: Required<Omit<ConnectionEnds, 'destroyed'>>): SocketOwner {
  const { remoteAddress, remotePort, localAddress, localPort } = ends;
  const isListener = ({ local, state }: Row): boolean =>
    state === LISTENING && local.endsWith(`:${hexPort(localPort)}`);
  if (!findRow(lines, localPort, isListener)) return 'unknown';
  const theirs = new Set(spellings(remoteAddress).map((address) => `${address}:${hexPort(remotePort)}`));
  const ours = new Set(spellings(localAddress).map((address) => `${address}:${hexPort(localPort)}`));
  const row = findRow(lines, remotePort, ({ local, remote }) => theirs.has(local) && ours.has(remote));
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

/** Splits only lines with the port: a busy machine has thousands. */
function findRow(lines: readonly string[], port: number, isWanted: (row: Row) => boolean): Row | undefined {
  const written = `:${hexPort(port)} `;
  for (const line of lines) {
    const row = line.includes(written) ? rowOf(line) : undefined;
    if (row && isWanted(row)) return row;
  }
  return undefined;
}

function rowOf(line: string): Row | undefined {
  const [, local, remote, state, , , , uid, , inode] = line.trim().split(/\s+/);
  return local && remote && state && uid && inode ? { local, remote, state, uid, inode } : undefined;
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
