import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilReady, type System } from '../system.js';
import { DocumentClient } from './document-client.js';
import { SYSTEMS } from './systems.js';

const HANDBOOK = readFileSync(new URL('../../../libs/documents/src/testing/files/handbook.pdf', import.meta.url));
const QUESTION = 'How often does the siren sound in fog?';

interface Accepted {
  jobId: string;
  eventsUrl: string;
}

interface Answer {
  content: string;
  citations?: { number: number; documentId: string; page?: number; start: number; end: number }[];
}

describe.each(SYSTEMS)('questions to documents with %s', (_, start) => {
  let system: System;
  let ada: DocumentClient;
  let chatId: string;

  beforeAll(async () => {
    system = await start();
    await untilReady(system);
    ada = await DocumentClient.newUser(system.gateways[0]!.url);
    chatId = (await ada.as.make<{ id: string }>('/chats', { userId: ada.userId, model: 'demo-echo' })).id;
  });
  afterAll(() => system.stop());

  const ask = (content: string, more: object = {}) =>
    ada.as.call<Accepted>('POST', `/chats/${chatId}/messages`, { content, ...more });

  /** The demo model repeats what it was sent. */
  async function answerTo(content: string, more: object = {}): Promise<Answer> {
    const { status, json } = await ask(content, more);
    expect(status).toBe(202);
    const end = (await ada.as.eventsToEnd(json.eventsUrl)).at(-1)!;
    expect(end.type).toBe('message-completed');
    return end.data.message as Answer;
  }

  it('sends the best passages to the model, fenced as data, and cites them in the stored answer', async () => {
    const { documentId } = await ada.ingest('handbook.pdf', HANDBOOK);
    const { content, citations } = await answerTo(QUESTION, { documentIds: [documentId] });
    expect(content).toMatch(
      /<(sources-\w+)>\n\[1\] "handbook.pdf", page 2[^]*three blasts[^]*<\/\1>\n\nHow often does/,
    );
    expect(citations![0]).toMatchObject({ number: 1, documentId, page: 2 });
    expect(citations![0]!.end).toBeGreaterThan(citations![0]!.start);
    const { items } = (await ada.as.call<{ items: Answer[] }>('GET', `/chats/${chatId}/messages`)).json;
    expect(items.at(-2)).toMatchObject({ role: 'user', content: QUESTION });
    expect(items.at(-1)!.citations).toEqual(citations);
    expect(await answerTo('And without?')).not.toHaveProperty('citations');
  });

  it('refuses documents of others, unknown ones, and those that are not ready', async () => {
    const eve = await DocumentClient.newUser(ada.url);
    const { documentId: foreign } = await eve.ingest('handbook.pdf', HANDBOOK);
    for (const id of [foreign, 'unknown'])
      expect(await ask(QUESTION, { documentIds: [id] })).toMatchObject({
        status: 404,
        json: { code: 'document_not_found' },
      });
    const { documentId: failed } = await ada.ingest('blank.txt', ' \n ');
    expect(await ask(QUESTION, { documentIds: [failed] })).toMatchObject({
      status: 409,
      json: { code: 'document_not_ready' },
    });
  });
});
