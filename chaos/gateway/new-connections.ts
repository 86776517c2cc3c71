import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';

/** How many requests ended how. */
export interface Outcomes {
  answered: number;
  /** The connection ended without an answer, or was refused. */
  closed: number;
}

/** Clients that each open a connection, ask, read the answer and begin again, until they are stopped. */
export class NewConnections {
  readonly outcomes: Outcomes = { answered: 0, closed: 0 };
  /** Requests that have neither been answered nor lost their connection. */
  pending = 0;
  private isStopped = false;

  constructor(url: string, clients: number) {
    for (let n = 0; n < clients; n++) void this.run(url);
  }

  /** Nothing new is asked; what is pending stays so until the gateway answers or closes it. */
  stop(): void {
    this.isStopped = true;
  }

  private async run(url: string): Promise<void> {
    while (!this.isStopped) {
      this.pending += 1;
      this.outcomes[await outcomeOf(url)] += 1;
      this.pending -= 1;
    }
  }
}

async function outcomeOf(url: string): Promise<keyof Outcomes> {
  try {
    const [answer] = (await once(request(url, { agent: false }).end(), 'response')) as [IncomingMessage];
    await answer.toArray();
    return 'answered';
  } catch {
    return 'closed';
  }
}
