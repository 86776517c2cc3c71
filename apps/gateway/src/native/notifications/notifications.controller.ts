import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { UserStore, isStillOwned } from '@slipstream/access';
import {
  InvalidInputError,
  NotFoundError,
  createNotification,
  id,
  mayActFor,
  notificationAccepted,
  notificationStatus,
  type CreateNotification,
  type NotificationAccepted,
  type NotificationStatus,
  type Principal,
} from '@slipstream/contracts';
import type { CreateIdentity } from '@slipstream/mongo';
import { NotificationStore, Templates } from '@slipstream/notifications';
import type { RequestContext } from '@slipstream/http';
import { NATIVE_PREFIX } from '../../http/routes.js';
import { ApiResponse, ApiTags } from '../../openapi/decorators.js';
import { Access } from '../access.js';
import { Caller, Context } from '../caller.js';
import { Identity } from '../../http/idempotency-key.js';
import { NotificationSender } from './notification-sender.js';

@ApiTags('notifications')
@Controller('notifications')
export class NotificationsController {
  constructor(
    private readonly access: Access,
    private readonly users: UserStore,
    private readonly notifications: NotificationStore,
    private readonly sender: NotificationSender,
    private readonly templates: Templates,
  ) {}

  /** Stores the notification, which is then delivered in any case. Supports `Idempotency-Key`. */
  @Post()
  @HttpCode(202)
  @ApiResponse({ status: 202, standardSchema: notificationAccepted })
  async create(
    @Caller() caller: Principal,
    @Context() { requestId, traceparent }: RequestContext,
    @Identity() identity: CreateIdentity,
    @Body({ schema: createNotification }) body: CreateNotification,
  ): Promise<NotificationAccepted> {
    this.access.requireUser(caller, body.userId);
    if (!this.templates.has(body.kind)) {
      throw new InvalidInputError(
        'unknown_notification_kind',
        `No template exists for notifications of kind '${body.kind}'; add it to notifications.templates, ` +
          `or send kind 'message'.`,
      );
    }
    if (!(await this.users.find(body.userId))) throw new NotFoundError('user', body.userId);
    const notificationId = await this.sender.send(identity, { ...body, requestId, traceparent });
    if (!(await isStillOwned(this.users, body.userId, this.notifications)))
      throw new NotFoundError('user', body.userId);
    return { notificationId, statusUrl: `${NATIVE_PREFIX}/notifications/${notificationId}` };
  }

  /** Its state, with the log of its deliveries. */
  @Get(':id')
  @ApiResponse({ status: 200, standardSchema: notificationStatus })
  async find(
    @Caller() caller: Principal,
    @Param('id', { schema: id }) notificationId: string,
  ): Promise<NotificationStatus> {
    const found = await this.notifications.status(notificationId);
    if (!found || !mayActFor(caller, found.userId)) throw new NotFoundError('notification', notificationId);
    return found;
  }
}
