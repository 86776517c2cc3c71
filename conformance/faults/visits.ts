import { contentOf, digestOf } from './measured-origin.js';

/**
 * What a client came away with: the status, where 200 means that every byte was right; `cut` when the connection broke
 * before the answer was whole; `wrong` when an answer that looked whole was not.
 */
export type Visit = number | 'cut' | 'wrong';

let visits = 0;

/** Fetches content of about this size; odd ones come in chunks. */
export async function download(gatewayUrl: string, size: number): Promise<Visit> {
  const seed = `seed-${(visits += 1)}`;
  return visit(`${gatewayUrl}/content?size=${size}&seed=${seed}`, {}, (content) =>
    content.equals(contentOf(size, seed)),
  );
}

/** Sends content of this size. */
export async function upload(gatewayUrl: string, size: number, method = 'POST'): Promise<Visit> {
  const seed = `seed-${(visits += 1)}`;
  const content = contentOf(size, seed);
  return visit(
    `${gatewayUrl}/upload`,
    { method, body: content, headers: { 'x-visit': seed } },
    (answer) => answer.toString() === digestOf(content),
  );
}

async function visit(url: string, init: RequestInit, isRight: (answer: Buffer) => boolean): Promise<Visit> {
  try {
    const response = await fetch(url, init);
    const answer = Buffer.from(await response.arrayBuffer());
    if (response.status !== 200) return response.status;
    return isRight(answer) ? 200 : 'wrong';
  } catch {
    return 'cut';
  }
}

/** Which outcomes there were, each once. */
export async function outcomesOf(
  ask: () => Promise<Visit>,
  { count, together }: { count: number; together: number },
): Promise<Visit[]> {
  const seen = new Set<Visit>();
  let left = count;
  const visitor = async (): Promise<void> => {
    while (left-- > 0) seen.add(await ask());
  };
  await Promise.all(Array.from({ length: together }, visitor));
  return [...seen];
}
