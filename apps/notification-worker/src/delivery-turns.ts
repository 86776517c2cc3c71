import { LANES, type NotificationDeliver } from '@slipstream/contracts';
import { FairTurns, type FairPlaces } from '@slipstream/rabbitmq';
import type { Delivery } from '@slipstream/notifications';

/**
 * Deliveries in places that are shared fairly by channel and user. A receiver that hangs leaves capacity to other
 * receivers, and webhooks and mails leave capacity to inboxes.
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

  /** Starts no further deliveries; the sweeper wakes another worker for waiting ones. */
  drain(): void {
    this.turns.drain();
  }

  work({ notificationId, channel, userId }: NotificationDeliver): Promise<void> {
    return this.turns.work(JSON.stringify({ notificationId, channel, userId }));
  }
}
