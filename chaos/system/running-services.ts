import { expect, vi } from 'vitest';
import { startService, type ServiceProcess } from '@slipstream/e2e/process';

const DEADLINE = { timeout: 60_000, interval: 100 };

/** The real processes of one spec, which end with it. */
export class RunningServices {
  private readonly running: ServiceProcess[] = [];

  /** Resolves when the service reaches all that it stands on. */
  async start(name: string, env: NodeJS.ProcessEnv): Promise<ServiceProcess> {
    const service = await startService(name, env);
    this.running.push(service);
    await vi.waitFor(
      async () =>
        expect(await (await fetch(`${service.managementUrl}/health/ready`)).json()).toMatchObject({ status: 'ok' }),
      DEADLINE,
    );
    return service;
  }

  async kill(): Promise<void> {
    await Promise.all(this.running.splice(0).map((service) => service.stop('SIGKILL')));
  }
}
