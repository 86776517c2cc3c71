import { describe, expect, it } from 'vitest';
import { DependencyUnavailableError } from '@slipstream/contracts';
import { createLogger } from './logger.js';
import { nestLogger } from './nest-logger.js';
import { runInContext } from './work-context.js';

const SECRET = 'hunter2-hunter2';

function capture() {
  const lines: string[] = [];
  const logger = createLogger('gateway', 'trace', { write: (line) => lines.push(line) });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') };
}

describe('a line', () => {
  it('is JSON with its process, its level by name and its time', () => {
    const { logger, last } = capture();
    logger.info({ route: '/x' }, 'answered');
    expect(last()).toMatchObject({ process: 'gateway', level: 'info', route: '/x', msg: 'answered' });
    expect(new Date(last().time).toISOString()).toBe(last().time);
  });

  it('carries the ids of its context, and none outside', () => {
    const { logger, last } = capture();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    runInContext({ requestId: 'r-1', traceparent }, () => logger.child({ part: 'router' }).info('inside'));
    expect(last()).toMatchObject({ requestId: 'r-1', traceId: '4bf92f3577b34da6a3ce929d0e0e4736', part: 'router' });
    logger.info('outside');
    expect(last()).not.toHaveProperty('requestId');
  });

  it('carries nothing else that is kept in its context', () => {
    const { logger, last } = capture();
    const context = { requestId: 'r-1', url: '/reset?token=abc', principal: { id: 'u-1' } };
    runInContext(context, () => logger.info('inside'));
    expect(Object.keys(last()).sort()).toEqual(['level', 'msg', 'pid', 'process', 'requestId', 'time']);
  });

  it('holds no character that acts on a terminal, and means the same', () => {
    const { logger, lines, last } = capture();
    const hostile = 'a\u009b31m\u007f\u202egnp.exe\u2028é';
    logger.warn({ file: hostile }, hostile);
    expect(lines[0]).toMatch(/^[\x20-\x7e\xa0-\u200d\u2070-\uffff]+\n$/);
    expect(last()).toMatchObject({ file: hostile, msg: hostile });
  });

  it('is left out below the level', () => {
    const lines: string[] = [];
    createLogger('s', 'warn', { write: (line) => lines.push(line) }).info('quiet');
    expect(lines).toEqual([]);
  });
});

describe('secrets', () => {
  it.each([
    ['a header', { authorization: SECRET }],
    ['a header in the usual spelling', { headers: { Authorization: SECRET, 'Set-Cookie': SECRET, cookie: [SECRET] } }],
    ['a password', { password: SECRET }],
    ['a deep one', { a: { b: { c: [{ dbPassword: SECRET }] } } }],
    ['a key', { key: SECRET, apiKey: SECRET, 'x-api-key': SECRET, openai_api_key: SECRET }],
    ['a token', { token: SECRET, accessToken: SECRET }],
    ['a bare token of a URL', { url: `http://${SECRET}@db/x` }],
    ['credentials of a URL', { url: `mongodb://app:${SECRET}@db:27017/x` }],
    ['an unencoded @ in them', { url: `redis://:a@${SECRET}@db:6379` }],
    ['a URL object', { url: new URL(`http://app:${SECRET}@db/`) }],
    ['a query', { target: `http://db/?a=1&api_key=${SECRET}` }],
    ['an error', { err: new Error(`connect amqp://u:${SECRET}@mq failed`) }],
    ["an error's cause", { err: new Error('x', { cause: new Error(`http://u:${SECRET}@h`) }) }],
    ["an error's context", { err: new DependencyUnavailableError('redis', { context: { password: SECRET } }) }],
    ['what a library hangs on its error', { err: Object.assign(new Error('x'), { config: { auth: SECRET } }) }],
    ['an object with toJSON', { config: { toJSON: () => ({ password: SECRET }) } }],
    ['bytes', { frame: Buffer.from(SECRET) }],
  ])('never show: %s', (_what, facts) => {
    const { logger, lines } = capture();
    logger.info(facts, 'x');
    logger.child(facts).child({ more: facts }).info('x');
    expect(lines).toHaveLength(2);
    expect(lines.join()).not.toContain(SECRET);
    expect(lines.join()).not.toContain(JSON.stringify([...Buffer.from(SECRET)]).slice(1, -1));
  });

  it('never show in the message', () => {
    const { logger, lines } = capture();
    logger.info(`waiting for redis://:${SECRET}@host:1`);
    logger.info('sent with %s', `Authorization: Bearer ${SECRET}`);
    logger.error(new Error(`redis://:${SECRET}@host:1`));
    expect(lines.join()).not.toContain(SECRET);
    expect(lines[0]).toContain('redis://:***@host:1');
  });

  it('leave harmless neighbours alone', () => {
    const { logger, last } = capture();
    logger.info({ keyId: 'k1', maxTokens: 5, url: 'http://db/a@b', address: 'a@b.example', at: new Date(0) }, 'x');
    expect(last()).toMatchObject({
      keyId: 'k1',
      maxTokens: 5,
      url: 'http://db/a@b',
      address: 'a@b.example',
      at: '1970-01-01T00:00:00.000Z',
    });
  });
});

describe('what people write', () => {
  it('is left out, its counts are not', () => {
    const { logger, lines, last } = capture();
    logger.info(
      { message: { content: 'my diary' }, prompt: 'my diary', messages: ['my diary'], delta: 'my diary' },
      'x',
    );
    expect(lines.join()).not.toContain('my diary');
    logger.info({ messages: 3 }, 'x');
    expect(last().messages).toBe(3);
  });
});

describe('facts without end', () => {
  it('are cut: cycles, depth and length', () => {
    const { logger, last } = capture();
    const cycle: Record<string, unknown> = { name: 'loop' };
    cycle.self = cycle;
    logger.info({ cycle, list: Array.from({ length: 10_000 }, (_, index) => index) }, 'x');
    expect(JSON.stringify(last().cycle)).toContain('[too deep]');
    expect(last().list).toHaveLength(50);
  });
});

describe('nestLogger', () => {
  it('takes the context from the end and the stack from the middle', () => {
    const { logger, last } = capture();
    const nest = nestLogger(logger);
    nest.error('it broke', 'Error: it broke\n    at somewhere.js:1:1', 'Router');
    expect(last()).toMatchObject({
      level: 'error',
      msg: 'it broke',
      nest: 'Router',
      stack: expect.stringContaining('somewhere.js'),
    });
  });

  it('says at debug what Nest says while starting', () => {
    const { logger, last } = capture();
    nestLogger(logger).log('Mapped {/health}', 'RouterExplorer');
    expect(last()).toMatchObject({ level: 'debug', msg: 'Mapped {/health}', nest: 'RouterExplorer' });
  });

  it('takes errors and objects', () => {
    const { logger, last } = capture();
    const nest = nestLogger(logger);
    nest.error(new Error('whole'), undefined, 'X');
    expect(last()).toMatchObject({ msg: 'whole', err: { type: 'Error', message: 'whole' } });
    nest.warn({ password: SECRET, tries: 2 });
    expect(last()).toMatchObject({ level: 'warn', details: [{ password: '[redacted]', tries: 2 }] });
  });
});
