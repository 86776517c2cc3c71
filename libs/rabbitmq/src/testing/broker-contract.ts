import { describe } from 'vitest';
import { ContractBench, type BrokerServer } from './contract/contract-bench.js';
import { describeDeadLetters } from './contract/dead-letters.contract.js';
import { describeDeliveries } from './contract/delivery.contract.js';
import { describeLanes } from './contract/lanes.contract.js';
import { describeOutcomes } from './contract/outcomes.contract.js';

export type { BrokerServer, ClientOptions } from './contract/contract-bench.js';

/** The contract of every driver. `start` returns a server with empty queues. */
export function describeBroker(driver: string, start: () => Promise<BrokerServer>): void {
  describe(`${driver} as a Broker`, () => {
    const bench = new ContractBench(start);
    describeDeliveries(bench);
    describeOutcomes(bench);
    describeLanes(bench);
    describe('with dead letters', () => describeDeadLetters(bench));
  });
}
