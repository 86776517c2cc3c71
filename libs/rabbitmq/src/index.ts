export type { Broker, DeadLetter, DeadLetterBox, LaneStatus, QueueStatus } from './broker.js';
export type { BrokerOptions } from './broker.options.js';
export { createBroker } from './create-broker.js';
export { activityReport, QueueActivity, type Activity } from './activity/queue-activity.js';
export { QueueActivityBoard } from './activity/queue-activity-board.js';
export { FairPlaces, type FairPlacesOptions } from './fair/fair-places.js';
export { FairTurns, type Place } from './fair/fair-turns.js';
export { MessageQueue } from './message-queue.js';
export { inspectRabbitmq, type RabbitmqFacts } from './amqp/inspect-rabbitmq.js';
