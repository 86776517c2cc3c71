import { superLinearInput } from '@slipstream/contracts/testing';
import { expect, it } from 'vitest';
import { nestLogger } from './nest-logger.js';
import { maskText, redact, withoutPasswords } from './redaction.js';
import { parseTraceparent } from './trace-context.js';

const nest = nestLogger(Object.assign(() => {}, { error: () => {} }) as never);

it.each<[name: string, parse: (text: string) => unknown]>([
  ['URLs in a text', withoutPasswords],
  ['the authority of a URL', (text) => withoutPasswords(`amqp://${text}`)],
  ['a log line', maskText],
  ['a credential in a log line', (text) => maskText(`Bearer ${text}`)],
  ['a name of a fact', (text) => redact({ [text]: 'a' })],
  ['a message of the framework', (text) => nest.error('failed', text)],
  ['traceparent', (text) => parseTraceparent(`01-${'a'.repeat(32)}-${'b'.repeat(16)}-00-${text}`)],
])(
  'reads %s in time that grows no faster than it',
  (_, parse) => expect(superLinearInput(parse)).toBeUndefined(),
  60_000,
);
