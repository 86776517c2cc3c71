import { StartupError } from '@slipstream/contracts';
import { describe, expect, it } from 'vitest';
import { createBroker } from './create-broker.js';
import { MemoryBroker } from './memory/memory.broker.js';
import { recordingLogger, recordingMetrics } from './testing/recording.js';

const create = (url: string) => createBroker({ url, logger: recordingLogger(), metrics: recordingMetrics() });

describe('createBroker', () => {
  it('keeps the queues in the process for memory:', () => {
    expect(create('memory:')).toBeInstanceOf(MemoryBroker);
  });

  it.each(['http://127.0.0.1:5672', '127.0.0.1:5672', 'amqp//user:secret@host', ''])(
    'refuses %j with one clear line that shows no secret',
    (url) => {
      expect(() => create(url)).toThrow(StartupError);
      expect(() => create(url)).toThrow(/must begin with amqp:\/\/, amqps:\/\/ or memory:/);
      expect(() => create(url)).not.toThrow(/secret/);
    },
  );
});
