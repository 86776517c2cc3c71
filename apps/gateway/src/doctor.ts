import { parseArgs } from 'node:util';
import type { ServiceName } from '@slipstream/config';
import { diagnose } from './doctor/diagnose.js';
import { exitCodeOf, json, lines } from './doctor/render.js';

/** `npx slipstream doctor`, and the Job of Kubernetes: reads its options, and prints the findings. */
const { values } = parseArgs({
  options: {
    service: { type: 'string', default: 'gateway' },
    replicas: { type: 'string' },
    'open-webui': { type: 'string' },
    'rabbitmq-management': { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
try {
  const findings = await diagnose({
    service: values.service as ServiceName,
    replicas: values.replicas,
    openWebui: values['open-webui'],
    rabbitmqManagementUrl: values['rabbitmq-management'],
  });
  console.log(values.json ? json(findings) : lines(findings));
  process.exit(exitCodeOf(findings)); // a connection that RabbitMQ blocks stays open
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
