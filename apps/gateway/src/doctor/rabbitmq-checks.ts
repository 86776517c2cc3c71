import type { RabbitmqFacts } from '@slipstream/rabbitmq';
import { error, note, ok, warning, type Finding } from './finding.js';

const MIN_VERSION = [3, 10] as const;
const REMEDY = 'free memory or disk of RabbitMQ, or raise vm_memory_high_watermark or lower disk_free_limit';

/** Checks the RabbitMQ server. */
export const rabbitmqFindings = (facts: RabbitmqFacts): Finding[] => [
  versionFinding(facts),
  facts.blockedReason === undefined
    ? ok('rabbitmq.alarms', 'accepts messages')
    : error('rabbitmq.alarms', `blocks publishers: ${facts.blockedReason}`, REMEDY),
  ...policyFindings(facts),
];

function versionFinding({ version }: RabbitmqFacts): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < MIN_VERSION[0] || (major === MIN_VERSION[0] && minor < MIN_VERSION[1]);
  return isOld
    ? error('rabbitmq.version', `RabbitMQ ${version} lacks at-least-once dead letters`, 'upgrade to RabbitMQ 4')
    : major < 4
      ? warning('rabbitmq.version', `RabbitMQ ${version} is out of support`, 'upgrade to RabbitMQ 4')
      : ok('rabbitmq.version', `RabbitMQ ${version}`);
}

function policyFindings({ policies }: RabbitmqFacts): Finding[] {
  const check = 'rabbitmq.policies';
  if (policies === undefined)
    return [note(check, 'not checked: give --rabbitmq-management http://USER:PASSWORD@HOST:15672')];
  const lossy = policies.filter(({ losesBy }) => losesBy.length > 0);
  return lossy.length === 0
    ? [ok(check, 'no policy deletes messages of Slipstream')]
    : lossy.map(({ name, losesBy }) =>
        error(
          check,
          `policy ${name} applies to Slipstream's queues, and deletes messages by ${losesBy.join(', ')}`,
          `change the pattern of policy ${name}, so that it does not match these queues`,
        ),
      );
}
