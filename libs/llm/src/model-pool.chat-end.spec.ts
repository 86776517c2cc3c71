import { afterEach, describe, expect, it } from 'vitest';
import { askToEnd, closeAll, newPool, newServer } from './testing/model-pools.js';
import { beginStream, doneEvent, finishEvent, finishEventOf, textEvent } from './testing/scripted-model-server.js';

afterEach(closeAll);

const poolSending = async (text: string) =>
  newPool([await newServer((response) => void beginStream(response).end(text))]);

describe('how an answer ends', () => {
  it.each<[string, string, string, string | undefined, string]>([
    ['stop', textEvent('all') + finishEvent + doneEvent, 'complete', 'stop', 'all'],
    ['stop, without [DONE]', textEvent('all') + finishEvent, 'complete', 'stop', 'all'],
    [
      'stop, after parts of several types',
      textEvent([
        { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
        { type: 'text', text: 'a' },
      ]) +
        textEvent([
          { type: 'reference', reference_ids: [1] },
          { type: 'text', text: 'l' },
        ]) +
        textEvent('l') +
        finishEvent +
        doneEvent,
      'complete',
      'stop',
      'all',
    ],
    [
      "an engine's own word for stop",
      textEvent('all') + finishEventOf('EOS_token') + doneEvent,
      'complete',
      'EOS_token',
      'all',
    ],
    ['length', textEvent('half') + finishEventOf('length') + doneEvent, 'incomplete', 'length', 'half'],
    [
      'content_filter',
      textEvent('half') + finishEventOf('content_filter') + doneEvent,
      'incomplete',
      'content_filter',
      'half',
    ],
    ['content_filter before a word', finishEventOf('content_filter') + doneEvent, 'incomplete', 'content_filter', ''],
    [
      'tool_calls',
      finishEventOf('tool_calls', { tool_calls: [{ index: 0 }] }) + doneEvent,
      'incomplete',
      'tool_calls',
      '',
    ],
    [
      'a reason that nobody knows',
      textEvent('half') + finishEventOf('moonrise') + doneEvent,
      'incomplete',
      'moonrise',
      'half',
    ],
    ['no reason, but [DONE]', textEvent('half') + doneEvent, 'incomplete', undefined, 'half'],
    ['a refusal', finishEventOf('stop', { refusal: "I can't." }) + doneEvent, 'incomplete', 'refusal', "I can't."],
    [
      'a refusal after text',
      textEvent('Well, ') + finishEventOf('content_filter', { refusal: 'no.' }) + doneEvent,
      'incomplete',
      'content_filter',
      'Well, no.',
    ],
    [
      'stop among events of other names',
      `event: ping\ndata: hello\n\n${textEvent('all')}event: ping\ndata: {"type":"ping"}\n\n${finishEvent}${doneEvent}`,
      'complete',
      'stop',
      'all',
    ],
    [
      'chunks under a name',
      `event: completion.chunk\n${textEvent('all')}event: completion.chunk\n${finishEvent}event: done\n${doneEvent}`,
      'complete',
      'stop',
      'all',
    ],
    [
      'an error behind the last word',
      `${textEvent('all')}${finishEvent}event: error\ndata: {}\n\n`,
      'complete',
      'stop',
      'all',
    ],
  ])('%s', async (_, text, state, finishReason, content) => {
    const { said, end } = await askToEnd(await poolSending(text));
    expect([said.join(''), end]).toEqual([content, { state, ...(finishReason !== undefined && { finishReason }) }]);
  });

  it.each<[string, string, object]>([
    [
      'abort',
      textEvent('half') + finishEventOf('abort') + doneEvent,
      { code: 'model_failed', finishReason: 'abort', isRetryable: true },
    ],
    [
      'error',
      textEvent('half') + finishEventOf('error') + doneEvent,
      { code: 'model_failed', finishReason: 'error', isRetryable: true },
    ],
    ['cancelled', finishEventOf('cancelled'), { code: 'model_failed', finishReason: 'cancelled', isRetryable: true }],
    ['[DONE] alone', doneEvent, { code: 'model_failed', isRetryable: true }],
    ['an end in order without a finish reason', textEvent('half'), { code: 'model_failed', isRetryable: true }],
    [
      'an error frame',
      `${textEvent('half')}data: {"error":{"message":"out of memory"}}\n\n${doneEvent}`,
      { code: 'model_failed', message: expect.stringContaining('out of memory') },
    ],
    [
      'an error frame that is a text',
      `data: {"error":"out of memory"}\n\n${doneEvent}`,
      { code: 'model_failed', message: expect.stringContaining('out of memory') },
    ],
    [
      'an error frame by its object',
      `data: {"object":"error","message":"out of memory","code":50001}\n\n${doneEvent}`,
      { code: 'model_failed' },
    ],
    [
      'an error frame by its code',
      `data: {"text":"busy","error_code":50002}\n\n${doneEvent}`,
      { code: 'model_failed' },
    ],
    [
      'an error event',
      `${textEvent('half')}event: error\ndata: {"message":"out of memory"}\n\n${doneEvent}`,
      { code: 'model_failed', message: expect.stringContaining('out of memory') },
    ],
    [
      'an error event that is no JSON',
      `event: error\ndata: out of memory\n\n${doneEvent}`,
      { code: 'model_failed', message: expect.stringContaining('out of memory') },
    ],
    [
      'an error as a field of its own',
      `${textEvent('half')}error: {"code":500,"message":"out of memory"}\n\n`,
      { code: 'model_failed', message: expect.stringContaining('out of memory') },
    ],
    [
      'an error frame that blames the request',
      `data: {"error":{"message":"too long","type":"BadRequestError","code":400}}\n\n${doneEvent}`,
      { code: 'model_rejected', isRetryable: false },
    ],
    [
      'an error frame by a rate limit',
      `data: {"error":{"message":"slow down","code":429}}\n\n${doneEvent}`,
      { code: 'model_rate_limited', isRetryable: true },
    ],
  ])('%s is an error', async (_, text, error) => {
    await expect(askToEnd(await poolSending(text))).rejects.toMatchObject({ name: 'ModelError', ...error });
  });
});
