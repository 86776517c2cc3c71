import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { UserStore, isStillOwned } from '@slipstream/access';
import {
  NotFoundError,
  id,
  notificationPreferences,
  putNotificationPreferences,
  type NotificationPreferences,
  type Principal,
  type PutNotificationPreferences,
} from '@slipstream/contracts';
import { NotificationPreferenceStore, newWebhookSecret } from '@slipstream/notifications';
import { ApiResponse, ApiTags } from '../../openapi/decorators.js';
import { Access } from '../access.js';
import { Caller } from '../caller.js';

@ApiTags('notifications')
@Controller('users/:id/notification-preferences')
export class NotificationPreferencesController {
  constructor(
    private readonly access: Access,
    private readonly preferences: NotificationPreferenceStore,
    private readonly users: UserStore,
  ) {}

  /** The user's notification preferences, without the webhook's secret. */
  @Get()
  @ApiResponse({ status: 200, standardSchema: notificationPreferences })
  async find(
    @Caller() caller: Principal,
    @Param('id', { schema: id }) userId: string,
  ): Promise<NotificationPreferences> {
    this.access.requireUser(caller, userId);
    const { webhook, ...others } = await this.preferences.find(userId);
    return { ...others, ...(webhook && { webhook: { url: webhook.url } }) };
  }

  /** Replaces all preferences. The answer contains the webhook's secret, which signs its requests. */
  @Put()
  @ApiResponse({ status: 200, standardSchema: notificationPreferences })
  async replace(
    @Caller() caller: Principal,
    @Param('id', { schema: id }) userId: string,
    @Body({ schema: putNotificationPreferences }) { webhook, ...others }: PutNotificationPreferences,
  ): Promise<NotificationPreferences> {
    this.access.requireUser(caller, userId);
    const secret =
      webhook && (webhook.secret ?? (await this.preferences.find(userId)).webhook?.secret ?? newWebhookSecret());
    const stored = { ...others, ...(webhook && { webhook: { url: webhook.url, secret } }) };
    await this.preferences.replace(userId, stored);
    if (!(await isStillOwned(this.users, userId, this.preferences))) throw new NotFoundError('user', userId);
    return stored;
  }
}
