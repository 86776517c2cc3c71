// An OpenAI-compatible server for trials, without a model: it repeats the question. Node 18 or newer, no packages.
// PROVIDER_KEY=secret PORT=9000 node examples/model-server/server.mjs
import { createServer } from 'node:http';

const { PROVIDER_KEY: key, PORT: port = '9000' } = process.env;
const MODEL = 'llama3.2';

createServer((request, response) => {
  const sendJson = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  if (key && request.headers.authorization !== `Bearer ${key}`)
    return sendJson(401, {
      error: { message: 'Incorrect API key.', type: 'invalid_request_error', code: 'invalid_api_key' },
    });
  const call = `${request.method} ${request.url}`;
  if (call === 'GET /v1/models')
    return sendJson(200, { object: 'list', data: [{ id: MODEL, object: 'model', created: 0, owned_by: 'provider' }] });
  if (call !== 'POST /v1/chat/completions')
    return sendJson(404, { error: { message: `Unknown: ${call}`, type: 'invalid_request_error', code: null } });
  let text = '';
  request.setEncoding('utf8').on('data', (part) => (text += part));
  request.on('end', () => complete(JSON.parse(text), response, sendJson));
}).listen(Number(port), '127.0.0.1', () => console.log(`model server: http://127.0.0.1:${port}/v1`));

function complete({ messages, stream }, response, sendJson) {
  const question = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const text = typeof question === 'string' ? question : JSON.stringify(question);
  // Open WebUI also requests titles, tags and follow-ups: with no answer it uses the question as the title.
  const words = text.startsWith('### Task:') ? ['{}'] : `You asked: ${text}`.split(/(?<=\s)/);
  const base = { id: `chatcmpl-${Date.now()}`, created: Math.floor(Date.now() / 1000), model: MODEL };
  if (!stream) {
    const message = { role: 'assistant', content: words.join('') };
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    return sendJson(200, { ...base, object: 'chat.completion', choices });
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (delta, finish_reason = null) => {
    const choices = [{ index: 0, delta, finish_reason }];
    response.write(`data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices })}\n\n`);
  };
  send({ role: 'assistant', content: '' });
  for (const content of words) send({ content });
  send({}, 'stop');
  response.end('data: [DONE]\n\n');
}
