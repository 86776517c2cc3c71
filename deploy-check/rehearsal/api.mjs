// What the scripts of the rehearsal's client pod share: calls of the native API through the Service of the gateway.
const { GATEWAY: gateway = 'http://gateway', KEY: key } = process.env;
export const authorization = { authorization: `Bearer ${key}` };
const FINAL = new Set(['message-completed', 'failed', 'cancelled']);

/** @returns {string} the URL of a path behind the gateway */
export const urlOf = (path) => `${gateway}${path}`;

/** @returns {Promise<{status: number, json: any}>} */
export async function call(method, path, body, headers = {}) {
  const response = await fetch(urlOf(path), {
    method,
    headers: { ...authorization, ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  try {
    return { status: response.status, json: JSON.parse(text) };
  } catch {
    return { status: response.status, json: { text } };
  }
}

/** @returns {Promise<any>} the answer's body. @throws if the status is another */
export async function expectStatus(status, method, path, body, headers) {
  const answer = await call(method, path, body, headers);
  if (answer.status !== status)
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.json).slice(0, 200)}`);
  return answer.json;
}

/** @returns {Promise<string>} the id of a new chat of a new user */
export async function newChat() {
  const user = await expectStatus(201, 'POST', '/slipstream/v1/users', { name: 'Ada' });
  return (await expectStatus(201, 'POST', '/slipstream/v1/chats', { userId: user.id, title: 'Rehearsal' })).id;
}

/** @returns {Promise<{jobId: string, messageId: string, eventsUrl: string}>} */
export const post = (chatId, content, model, headers) =>
  expectStatus(202, 'POST', `/slipstream/v1/chats/${chatId}/messages`, { content, model }, headers);

/** Events of one connection: {id, event, data}. */
export async function* events(eventsUrl, lastEventId) {
  const response = await fetch(urlOf(eventsUrl), {
    headers: {
      ...authorization,
      accept: 'text/event-stream',
      ...(lastEventId ? { 'last-event-id': lastEventId } : {}),
    },
  });
  if (response.status === 204) return;
  if (response.status !== 200) throw new Error(`events: ${response.status}`);
  let buffer = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    buffer += chunk;
    for (let end = buffer.indexOf('\n\n'); end >= 0; end = buffer.indexOf('\n\n')) {
      const fields = Object.fromEntries(
        buffer
          .slice(0, end)
          .split('\n')
          .map((line) => line.split(/: ?(.*)/s, 2)),
      );
      buffer = buffer.slice(end + 2);
      if (fields.data) yield { id: fields.id, event: fields.event, data: JSON.parse(fields.data) };
    }
  }
}

/**
 * All events to the final one; reconnects with Last-Event-ID when a connection ends, as a browser does.
 * @param {(event: {id: string, event: string, data: any}) => void} [onEvent]
 */
export async function eventsToEnd(eventsUrl, onEvent = () => undefined) {
  const seen = [];
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    try {
      for await (const event of events(eventsUrl, seen.at(-1)?.id)) {
        seen.push(event);
        onEvent(event);
        if (FINAL.has(event.event)) return seen;
      }
    } catch {
      // The next connection goes on after the last event.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`no final event within two minutes; ${seen.length} events`);
}

/** The text that a subscriber has after these events: deltas since the last reset. */
export const textOf = (seen) =>
  seen.reduce(
    (text, { event, data }) => (event === 'message-delta' ? text + data.delta : event === 'message-reset' ? '' : text),
    '',
  );
