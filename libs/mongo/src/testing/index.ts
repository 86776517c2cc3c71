export { FaultyWire, type Fault } from './faulty-wire.js';
export { modelOn } from './model-on.js';
export { ownDatabase } from './own-database.js';
export { queried } from './queried.js';
export { SetClock } from './set-clock.js';
export { restsContract, type Rest } from './rests.contract.js';
