import { LANES, type NotificationDeliver } from '@slipstream/contracts';
import { FairTurns, type FairPlaces } from '@slipstream/rabbitmq';
import type { Delivery } from './delivery.js';

/**
 * Deliveries in places that are shared fairly by channel and user: a receiver that hangs leaves room for other
 * receivers, and webhooks and mails leave room for inboxes.
 */
export class DeliveryTurns {
  private readonly turns: FairTurns;

  constructor(
    private readonly delivery: Pick<Delivery, 'work'>,
    places: FairPlaces,
  ) {
    this.turns = new FairTurns(places, async (item, place) => {
      const { notificationId, channel, userId } = JSON.parse(item) as NotificationDeliver;
      if (place.admit({ group: channel, user: userId ?? '', lane: LANES[0] }))
        await this.delivery.work(notificationId, channel);
      return false;
    });
  }

  /** From now on no delivery is begun; what waits is the sweeper's, in another worker. */
  drain(): void {
    this.turns.drain();
  }

  work({ notificationId, channel, userId }: NotificationDeliver): Promise<void> {
    return this.turns.work(JSON.stringify({ notificationId, channel, userId }));
  }
}
