import { createServer } from 'node:http';

/** The first token at once, then twenty more, one every 10 ms: a model that takes no time of its own to begin. */
const FURTHER_TOKENS = 20;
const TOKEN_EVERY_MS = 10;
const MODEL = 'bench';

/** A small OpenAI-compatible model server whose pace is fixed, so that whatever is slower was made so on the way. */
const server = createServer((request, response) => {
  if (request.url === '/v1/models') return sendModels(response);
  request.resume().once('end', () => streamAnswer(response));
});

server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ msg: 'model server listens', url: `http://127.0.0.1:${server.address().port}/v1` }));
});

function sendModels(response) {
  const list = { object: 'list', data: [{ id: MODEL, object: 'model', created: 0, owned_by: 'bench' }] };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list));
}

function streamAnswer(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(chunk({ role: 'assistant', content: '' }) + chunk({ content: 'token ' }));
  let sent = 0;
  const timer = setInterval(() => {
    if (sent++ < FURTHER_TOKENS) return void response.write(chunk({ content: 'token ' }));
    clearInterval(timer);
    response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
  }, TOKEN_EVERY_MS);
  response.once('close', () => clearInterval(timer));
}

function chunk(delta, finishReason = null) {
  const choice = { index: 0, delta, finish_reason: finishReason };
  return (
    'data: ' +
    JSON.stringify({
      id: 'chatcmpl-bench',
      object: 'chat.completion.chunk',
      created: 0,
      model: MODEL,
      choices: [choice],
    }) +
    '\n\n'
  );
}
