import { describe, expect, it } from 'vitest';
import { startGateway } from '../gateway.js';
import { programPath } from '../provision/program-path.js';
import { startEchoServer } from './echo-server.js';
import { runKosoku } from './kosoku.js';

const { direct, through } = await bothWays();

/** Runs all cases against an echo server, directly and through a gateway. */
async function bothWays() {
  const { address, server } = await startEchoServer();
  const gateway = await startGateway([`http://${address}`]);
  try {
    const program = programPath('kosoku');
    return { direct: await runKosoku(program, address), through: await runKosoku(program, new URL(gateway.url).host) };
  } finally {
    await gateway.stop();
    server.closeAllConnections();
    server.close();
  }
}

describe('Autobahn WebSocket cases, through the gateway as without it', () => {
  it('are all of the 247, and the server itself fails none', () => {
    expect(direct.size).toBe(247);
    expect([...direct].filter(([, { behavior }]) => behavior === 'FAILED')).toEqual([]);
  });

  it.for([...direct])('case %s', ([id, verdict]) => {
    expect(through.get(id)).toEqual(verdict);
  });
});
