import type { AllowedHosts, ConnectionAnswers, Peers } from '@slipstream/http';
import type { ListenerConnections } from './listener-connections.js';
import type { ListenerOptions } from './listener-options.js';
import type { RequestObserver } from './request-observer.js';

/** Parts of a listener that serve every request and handshake. */
export interface IntakeParts {
  readonly options: ListenerOptions;
  readonly peers: Peers;
  readonly observer: RequestObserver;
  readonly answers: ConnectionAnswers;
  readonly connections: ListenerConnections;
  /** Absent: any host name is accepted. */
  hosts?: AllowedHosts;
  isDraining: boolean;
}
