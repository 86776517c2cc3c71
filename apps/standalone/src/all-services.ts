import type { Config } from '@slipstream/config';
import * as chatWorker from '@slipstream/chat-worker';
import { startDemoModelServer } from '@slipstream/demo-models';
import * as documentWorker from '@slipstream/document-worker';
import * as gateway from '@slipstream/gateway';
import { openModels } from '@slipstream/llm';
import * as notificationWorker from '@slipstream/notification-worker';
import { closingAfter, type Ports, type Service, type ServiceParts } from '@slipstream/runtime';

/** Those of the gateway, which are all. */
export const needs: ServiceParts['needs'] = gateway.needs;

/**
 * All four services in one process: one set of stores (the gateway's, which are all), one model pool, one management
 * listener, one registry.
 */
export async function create(config: Config, ports: Ports): Promise<Service> {
  const models = await openModels(config, ports, startDemoModelServer);
  const shared = { ...ports, models };
  const documents = await documentWorker.create(config, shared);
  const searching = { ...shared, documentSearch: documents.search };
  const workers = await Promise.all([chatWorker, notificationWorker].map(({ create }) => create(config, searching)));
  const front = await gateway.create(config, searching);
  const services = [front, documents, ...workers];
  const all: Service = {
    ...front,
    async drain() {
      await Promise.all(services.map((service) => service.drain()));
    },
    async close() {
      await Promise.all(services.map((service) => service.close()));
    },
  };
  return closingAfter(all, models);
}
