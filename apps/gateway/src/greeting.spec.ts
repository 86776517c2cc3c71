import { describe, expect, it } from 'vitest';
import { greeter, greeting, type Greeted, type GreetedBackend } from './greeting.js';

const HEALTHY: GreetedBackend = { url: 'http://10.0.0.1', state: 'healthy' };
const UNHEALTHY: GreetedBackend = { url: 'http://10.0.0.2', state: 'unhealthy', reason: '/health answers 404' };

const ABOUT = { url: 'http://127.0.0.1:8080', isDemo: true, hasKeys: false, isSelfSigned: false };
const greeted = (over: Partial<Greeted> = {}): string =>
  greeting({ ...ABOUT, managementUrl: 'http://127.0.0.1:9901', models: [HEALTHY], ...over });

describe('the greeting', () => {
  it('says what is behind it, and what to set for more', () => {
    expect(greeted()).toContain('web         no web application (set WEB_BACKENDS to its backends)');
    expect(greeted({ web: [HEALTHY, HEALTHY], webPreset: 'open-webui' })).toContain(
      'web         2 of 2 healthy, preset open-webui\n',
    );
    expect(greeted({ isDemo: false })).toContain('models      1 of 1 healthy of the configured model servers\n');
  });

  it('counts healthy backends, not configured ones, and says what is wrong with the others', () => {
    expect(greeted({ web: [HEALTHY, UNHEALTHY] })).toContain(
      'web         1 of 2 healthy, no preset (WEB_PRESET=open-webui for Open WebUI)\n' +
        '              http://10.0.0.2 is unhealthy: /health answers 404\n',
    );
    expect(greeted({ isDemo: false, models: [UNHEALTHY] })).toContain(
      'models      0 of 1 healthy of the configured model servers\n' +
        '              http://10.0.0.2 is unhealthy: /health answers 404\n',
    );
  });

  it('waits for the first checks', async () => {
    let state: GreetedBackend['state'] = 'unproven';
    const pool = {
      backends: () => {
        const shown = [{ url: 'http://10.0.0.1', state }];
        state = 'healthy';
        return shown;
      },
    };
    expect(await greeter(ABOUT, { backends: () => [] }, pool)('http://127.0.0.1:9901')).toContain('1 of 1 healthy');
  });

  it('has a request that works as it stands', () => {
    expect(greeted()).toContain('  curl http://127.0.0.1:8080/v1/chat/completions -H');
    expect(greeted({ isDemo: false, hasKeys: true, isSelfSigned: true, url: 'https://127.0.0.1:8080' })).toContain(
      "  curl --insecure https://127.0.0.1:8080/v1/models -H 'authorization: Bearer YOUR-KEY'",
    );
  });
});
