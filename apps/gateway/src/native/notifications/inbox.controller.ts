import { Body, Controller, Get, Headers, Param, Patch, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { UserStore } from '@slipstream/access';
import {
  NotFoundError,
  id,
  inboxNotification,
  inboxQuery,
  pageOf,
  updateInboxNotification,
  type InboxNotification,
  type InboxQuery,
  type Page,
  type Principal,
  type UpdateInboxNotification,
} from '@slipstream/contracts';
import { InboxStore } from '@slipstream/notifications';
import { ApiProduces, ApiResponse, ApiTags } from '../../openapi/decorators.js';
import { Access } from '../access.js';
import { Caller } from '../caller.js';
import { replyWithEvents } from '../streams/event-stream.js';
import { lastEventIdOf } from '../streams/last-event-id.js';
import { Subscribers } from '../streams/subscribers.js';
import { InboxEvents } from './inbox-events.js';

@ApiTags('notifications')
@Controller('users/:id/notifications')
export class InboxController {
  constructor(
    private readonly access: Access,
    private readonly inbox: InboxStore,
    private readonly events: InboxEvents,
    private readonly users: UserStore,
    private readonly subscribers: Subscribers,
  ) {}

  /** The user's inbox, newest first. */
  @Get()
  @ApiResponse({ status: 200, standardSchema: pageOf(inboxNotification) })
  async list(
    @Caller() caller: Principal,
    @Param('id', { schema: id }) userId: string,
    @Query({ schema: inboxQuery }) query: InboxQuery,
  ): Promise<Page<InboxNotification>> {
    this.access.requireUser(caller, userId);
    return this.inbox.list(userId, query);
  }

  /**
   * Endless server-sent events, until the user is removed: new arrivals, from now on or after `Last-Event-ID`. 503
   * `too_many_subscribers` if too many streams are open.
   */
  @Get('events')
  @ApiProduces('text/event-stream')
  async stream(
    @Caller() caller: Principal,
    @Param('id', { schema: id }) userId: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.access.requireUser(caller, userId);
    if ((await this.users.existing([userId])).length === 0) throw new NotFoundError('user', userId);
    const place = await this.events.resumeAfter(userId, lastEventIdOf(lastEventId));
    const leave = this.subscribers.admit(userId);
    await replyWithEvents(reply, (gone) => this.events.read(userId, place, gone)).finally(leave);
  }

  /** Marks as read, or as unread. */
  @Patch(':notificationId')
  @ApiResponse({ status: 200, standardSchema: inboxNotification })
  async mark(
    @Caller() caller: Principal,
    @Param('id', { schema: id }) userId: string,
    @Param('notificationId', { schema: id }) notificationId: string,
    @Body({ schema: updateInboxNotification }) { isRead }: UpdateInboxNotification,
  ): Promise<InboxNotification> {
    this.access.requireUser(caller, userId);
    const marked = await this.inbox.mark(userId, notificationId, isRead);
    if (!marked) throw new NotFoundError('notification', notificationId);
    return marked;
  }
}
