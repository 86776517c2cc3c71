import { globSync, readFileSync } from 'node:fs';
import { settingsJsonSchema, type Config, type JsonNode } from '@slipstream/config';
import { describe, expect, it } from 'vitest';
import * as chatWorker from '../apps/chat-worker/src/chat-worker.options.js';
import * as documentWorker from '../apps/document-worker/src/document-worker.options.js';
import * as cdn from '../apps/gateway/src/cdn/cdn.options.js';
import * as responseCache from '../apps/gateway/src/caching/response-cache.options.js';
import * as gateway from '../apps/gateway/src/gateway.options.js';
import * as webPool from '../apps/gateway/src/web-pool.options.js';
import * as notificationWorker from '../apps/notification-worker/src/notification-worker.options.js';
import * as inbox from '../libs/notifications/src/inbox/inbox.options.js';
import * as models from '../libs/llm/src/models.options.js';
import * as process from '../libs/runtime/src/process.options.js';
import * as stores from '../libs/runtime/src/stores/stores.options.js';
import { leavesOf, recordedConfig } from './testing/recorded-config.js';

type Mapper = (config: Config) => unknown;

const MODULES = [
  cdn,
  chatWorker,
  documentWorker,
  gateway,
  inbox,
  models,
  notificationWorker,
  process,
  responseCache,
  stores,
  webPool,
];
const MAPPERS: readonly Mapper[] = MODULES.flatMap((module) => Object.values(module));

/** Settings that are read only under a certain value of another one. */
const VALUES = {
  service: 'gateway',
  'web.hashOn.type': 'cookie',
  'web.strategy': 'consistent_hash',
  'web.stickiness.type': 'cookie',
  'web.cdn.url': 'https://cdn.example',
  'web.cdn.purge.driver': 'purge',
};

function unread(schema: JsonNode, mappers: readonly Mapper[]): string[] {
  const read = new Set<string>();
  const withService = { properties: { ...schema.properties, service: { type: 'string' } } };
  const config = recordedConfig(withService, read, VALUES) as Config;
  for (const map of mappers) map(config);
  return leavesOf(schema).filter((path) => !read.has(path));
}

const planted = (schema: JsonNode, section: string): JsonNode => {
  const { properties = {} } = schema;
  const grown = {
    ...properties[section],
    properties: { ...properties[section]?.properties, planted: { type: 'string' } },
  };
  return { properties: { ...properties, [section]: grown } };
};

describe('every setting', () => {
  it('is read by a mapper', () => {
    expect(unread(settingsJsonSchema(), MAPPERS)).toEqual([]);
  });

  it('is found when no mapper reads it', () => {
    expect(unread(planted(settingsJsonSchema(), 'web'), MAPPERS)).toEqual(['web.planted']);
    expect(unread(planted(settingsJsonSchema(), 'shutdown'), MAPPERS)).toEqual(['shutdown.planted']);
  });

  it('is named where it is read: a spread of a section is no reading', () => {
    const spreads: Mapper = ({ web }) => ({ ...web.queue });
    expect(() => unread(settingsJsonSchema(), [spreads])).toThrow('a mapper enumerates web.queue');
  });

  it('is read in a file of options only', () => {
    const sections = Object.keys(settingsJsonSchema().properties ?? {}).join('|');
    const direct = new RegExp(`\\bconfig\\.(?:${sections})\\b|Config\\['(?:${sections})'\\]`); // of our own schema
    const files = globSync(['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts']).filter(
      (file) => !/\.options\.ts$|\.(?:int-)?spec\.ts$|^libs\/config\//.test(file),
    );
    expect(files.length).toBeGreaterThan(300);
    expect(files.filter((file) => direct.test(readFileSync(file, 'utf8')))).toEqual([]);
  });
});
