import { expect, it } from 'vitest';
import { StartupError } from '@slipstream/contracts';
import { DatabasePool } from './database-pool.js';

const logger = { info: () => undefined, warn: () => undefined };
const open = (uri: string) => new DatabasePool({ uri, logger });

it.each([
  'mongodb://me:s3cret@host/?foo=s3cret',
  'mongodb://me:s3@cret@host',
  'mongodb://me:s3cret@host:port/',
  'mongodb://host/?maxPoolSize=s3cret',
])('refuses %s, which no waiting helps, without showing it', (uri) => {
  expect(() => open(uri)).toThrow(StartupError);
  expect(() => open(uri)).toThrow(/^(?!.*cret).*credentials percent-encoded/);
});

it.each([
  'mongodb://127.0.0.1:27017/slipstream',
  'mongodb://me:s3%40cret@a,b:1/chats?replicaSet=rs&tls=true',
  'mongodb+srv://me:s3cret@cluster.example/chats?retryWrites=true&w=majority',
  'mongodb://[::1]/?directConnection=true',
])('takes %s', (uri) => {
  expect(() => open(uri)).not.toThrow();
});
