import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';

export interface Answer {
  status: number | undefined;
  text: string;
}

/**
 * One GET on a connection of its own: any process of a gateway may get it, and a gateway that drains refuses it.
 * @throws the error of the connection
 */
export async function getOnOwnConnection(url: string): Promise<Answer> {
  const [answer] = (await once(request(url, { agent: false }).end(), 'response')) as [IncomingMessage];
  return { status: answer.statusCode, text: (await answer.toArray()).join('') };
}
