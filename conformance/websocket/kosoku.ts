import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** How a server did in one case: Autobahn's verdicts, and the code by which it closed. */
export interface Verdict {
  behavior: string;
  behaviorClose: string;
  remoteCloseCode: number | null;
}

/**
 * Framing, pings, reserved bits, opcodes, fragments, UTF-8, closing, automatic fragments; without load and compression.
 */
const GROUPS = ['1.*', '2.*', '3.*', '4.*', '5.*', '6.*', '7.*', '10.*'];

/** All cases together take seconds; of a server that swallows messages each would wait for its own time to run out. */
const DEADLINE_MS = 120_000;

/**
 * Runs the Autobahn cases against a server.
 * @param program kosoku's path
 * @param address host:port
 * @returns verdicts by case
 */
export async function runKosoku(program: string, address: string): Promise<Map<string, Verdict>> {
  const folder = await mkdtemp(join(tmpdir(), 'slipstream-kosoku-'));
  try {
    await promisify(execFile)(
      program,
      [address, '-p', '4', '-o', folder, ...GROUPS.flatMap((group) => ['-i', group])],
      { timeout: DEADLINE_MS },
    ).catch(({ killed }: { killed: boolean }) => {
      if (killed)
        throw new Error(`the cases against ${address} did not end within ${DEADLINE_MS} ms: messages get lost`);
      // Else a case failed, which is a verdict like any other here.
    });
    const report = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as Record<
      string,
      Record<string, Verdict>
    >;
    const [verdicts = {}] = Object.values(report);
    return new Map(
      Object.entries(verdicts).map(([id, { behavior, behaviorClose, remoteCloseCode }]) => [
        id,
        { behavior, behaviorClose, remoteCloseCode },
      ]),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
