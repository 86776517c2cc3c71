import { MESSAGE_SCHEMAS } from '@slipstream/contracts';
import { settingsJsonSchema } from '@slipstream/config';
import { describe, expect, it } from 'vitest';
import { HANDLERS as CHAT } from '../apps/chat-worker/src/handlers.js';
import { HANDLERS as DOCUMENT } from '../apps/document-worker/src/handlers.js';
import { HANDLERS as NOTIFICATION } from '../apps/notification-worker/src/handlers.js';
import { STRATEGIES } from '../libs/balancer/src/strategies/strategies.js';

/** Steps of "Where to add what" (docs/architecture.md) that no compiler and no other spec demands. */
describe('what was added', () => {
  it('can be selected: each balancing strategy is a value of web.strategy', () => {
    const { enum: names } = settingsJsonSchema().properties!.web!.properties!.strategy!;
    expect(names?.toSorted()).toEqual(Object.keys(STRATEGIES).sort());
  });

  it('is handled: each message type has one worker', () => {
    const handled = [CHAT, DOCUMENT, NOTIFICATION].flatMap((handlers) => [...handlers.keys()]);
    expect(handled.sort()).toEqual(Object.keys(MESSAGE_SCHEMAS).sort());
  });
});
