import { describe, expect, it } from 'vitest';
import { greeting, type Greeted } from './greeting.js';

const greeted = (over: Partial<Greeted> = {}): string =>
  greeting({
    url: 'http://127.0.0.1:8080',
    managementUrl: 'http://127.0.0.1:9901',
    webBackends: 0,
    isDemo: true,
    hasKeys: false,
    isSelfSigned: false,
    ...over,
  });

describe('the greeting', () => {
  it('says what is behind it, and what to set for more', () => {
    expect(greeted()).toContain('web         no web application (set WEB_BACKENDS to its backends)');
    expect(greeted({ webBackends: 2 })).toContain(
      'web         2 configured, no preset (WEB_PRESET=open-webui for Open WebUI)',
    );
    expect(greeted({ webBackends: 2, webPreset: 'open-webui' })).toContain(
      'web         2 configured, preset open-webui',
    );
    expect(greeted({ isDemo: false })).toContain('models      of the configured model servers');
  });

  it('has a request that works as it stands', () => {
    expect(greeted()).toContain('  curl http://127.0.0.1:8080/v1/chat/completions -H');
    expect(greeted({ isDemo: false, hasKeys: true, isSelfSigned: true, url: 'https://127.0.0.1:8080' })).toContain(
      "  curl --insecure https://127.0.0.1:8080/v1/models -H 'authorization: Bearer YOUR-KEY'",
    );
  });
});
