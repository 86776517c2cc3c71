import { Body, Controller, HttpCode, Inject, Param, Post, UseGuards, UseInterceptors } from '@nestjs/common';
import { UserStore } from '@slipstream/access';
import {
  hookAccepted,
  hookSecret,
  openWebuiEvent,
  type HookAccepted,
  type OpenWebuiEvent,
} from '@slipstream/contracts';
import { NotificationStore } from '@slipstream/notifications';
import { GATEWAY_LOGGER, type NativeLogger } from '../../http/gateway-logger.js';
import { IdempotentAnswers } from '../../http/idempotent-answers.interceptor.js';
import type { RequestContext } from '@slipstream/http';
import { ApiResponse, ApiSecurity, ApiTags } from '../../openapi/decorators.js';
import { Context } from '../caller.js';
import { NotificationSender } from './notification-sender.js';
import { OpenWebuiHookGuard } from './open-webui-hook.guard.js';
import { OpenWebuiHooks, type ConfiguredHook } from './open-webui-hooks.js';

@ApiTags('notifications')
@ApiSecurity({})
@Controller('hooks/open-webui')
@UseGuards(OpenWebuiHookGuard)
@UseInterceptors(IdempotentAnswers)
export class OpenWebuiHookController {
  constructor(
    private readonly hooks: OpenWebuiHooks,
    private readonly users: UserStore,
    private readonly notifications: NotificationStore,
    private readonly sender: NotificationSender,
    @Inject(GATEWAY_LOGGER) private readonly logger: NativeLogger,
  ) {}

  /**
   * Receives Open WebUI's own webhook, and notifies the existing recipients of the hook. The secret in the path is the
   * key.
   */
  @Post(':secret')
  @HttpCode(202)
  @ApiResponse({ status: 202, standardSchema: hookAccepted })
  async receive(
    @Context() { requestId, traceparent }: RequestContext,
    @Param('secret', { schema: hookSecret }) secret: string,
    @Body({ schema: openWebuiEvent }) event: OpenWebuiEvent,
  ): Promise<HookAccepted> {
    const notifications = this.hooks.notificationsFor(await this.recipientsOf(this.hooks.find(secret)), event);
    await this.sender.sendAll(notifications.map((each) => ({ ...each, requestId, traceparent })));
    await this.takeBackFromRemoved(notifications.map(({ userId }) => userId));
    return { recipients: notifications.length };
  }

  /** Recipients that were removed after the look-up. */
  private async takeBackFromRemoved(userIds: readonly string[]): Promise<void> {
    const existing = new Set(await this.users.existing(userIds));
    for (const userId of userIds) if (!existing.has(userId)) await this.notifications.deleteOf(userId);
  }

  /** A configured user may have been removed, or may never have existed. */
  private async recipientsOf({ id: hook, recipients }: ConfiguredHook): Promise<string[]> {
    const existing = await this.users.existing(recipients);
    const missing = recipients.filter((each) => !existing.includes(each));
    if (missing.length > 0)
      this.logger.warn(
        { hook, missing },
        'recipients of a hook do not exist and are skipped; correct notifications.openWebuiHooks',
      );
    return existing;
  }
}
