import { expect, it } from 'vitest';
import { routeOf } from './routes.js';

it.each([
  ['/slipstream/v1/users', 'native'],
  ['/slipstream/v1?x=/v1', 'native'],
  ['/slipstream', 'native'],
  ['/slipstream/v1/hooks/open-webui/secret', 'hook'],
  ['/slipstream/v1/hooksmith', 'native'],
  ['/slipstreamer', 'web'],
  ['/v1/models', 'openai'],
  ['/v1', 'openai'],
  ['/v10/models', 'web'],
  ['/', 'web'],
  ['/api/v1/chats', 'web'],
  ['/?next=/v1/models', 'web'],
])('%s belongs to %s', (url, route) => expect(routeOf(url)).toBe(route));
