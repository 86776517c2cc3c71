import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { IdempotentAnswerStore } from '../http/idempotent-answer.store.js';
import { IdempotentAnswers } from '../http/idempotent-answers.interceptor.js';
import { AssetDirectory } from '../assets/asset-directory.js';
import { AssetOptimizerController } from '../assets/asset-optimizer.controller.js';
import { AuditController } from '../access/audit.controller.js';
import { AuditLog } from '../access/audit-log.js';
import { BackendsController } from '../backends/backends.controller.js';
import { GatewayBackends } from '../backends/gateway-backends.js';
import { PoolDirectory } from '../backends/pool-directory.js';
import { CacheController } from '../caching/cache.controller.js';
import { CachePurger } from '../caching/cache-purger.js';
import { GatewayCaches } from '../caching/gateway-caches.js';
import { CdnController } from '../cdn/cdn.controller.js';
import { CdnDirectory } from '../cdn/cdn-directory.js';
import { schemaValidation } from '../http/schema-validation.js';
import { IndexTrials } from '../queries/index-trials.js';
import { IndexTrialsController } from '../queries/index-trials.controller.js';
import { QueriesController } from '../queries/queries.controller.js';
import { QueryHints } from '../queries/query-hints.js';
import { QueryHintsController } from '../queries/query-hints.controller.js';
import { QueryDirectory } from '../queries/query-directory.js';
import { QueueDirectory } from '../queues/queue-directory.js';
import { QueuesController } from '../queues/queues.controller.js';

/** Dependencies of the admin API. */
export interface AdminPorts {
  pools: PoolDirectory;
  backends: GatewayBackends;
  caches: GatewayCaches;
  purger: CachePurger;
  cdn: CdnDirectory;
  assets: AssetDirectory;
  queues: QueueDirectory;
  queries: QueryDirectory;
  indexTrials: IndexTrials;
  queryHints: QueryHints;
  audit: AuditLog;
  answers: IdempotentAnswerStore;
}

/** The admin API, on the management listener. */
@Module({})
export class AdminModule {
  static with(ports: AdminPorts): DynamicModule {
    return {
      module: AdminModule,
      controllers: [
        AuditController,
        BackendsController,
        CacheController,
        CdnController,
        AssetOptimizerController,
        QueuesController,
        QueriesController,
        IndexTrialsController,
        QueryHintsController,
      ],
      providers: [
        ...valuesOf(ports),
        { provide: APP_PIPE, useValue: schemaValidation() },
        { provide: APP_INTERCEPTOR, useClass: IdempotentAnswers }, // of all modules on this listener
      ],
    };
  }
}

const valuesOf = (ports: AdminPorts): Provider[] => [
  { provide: PoolDirectory, useValue: ports.pools },
  { provide: GatewayBackends, useValue: ports.backends },
  { provide: CachePurger, useValue: ports.purger },
  { provide: GatewayCaches, useValue: ports.caches },
  { provide: CdnDirectory, useValue: ports.cdn },
  { provide: AssetDirectory, useValue: ports.assets },
  { provide: QueueDirectory, useValue: ports.queues },
  { provide: QueryDirectory, useValue: ports.queries },
  { provide: IndexTrials, useValue: ports.indexTrials },
  { provide: QueryHints, useValue: ports.queryHints },
  { provide: AuditLog, useValue: ports.audit },
  { provide: IdempotentAnswerStore, useValue: ports.answers },
];
