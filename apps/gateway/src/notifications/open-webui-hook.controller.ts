import { Body, Controller, HttpCode, Param, Post, UseInterceptors } from '@nestjs/common';
import { ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { hookAccepted, hookSecret, openWebuiEvent, type HookAccepted, type OpenWebuiEvent } from '@slipstream/contracts';
import { IdempotentAnswers } from '../http/idempotent-answers.interceptor.js';
import type { RequestContext } from '../http/request-context.js';
import { Context } from '../native/caller.js';
import { NotificationSender } from './notification-sender.js';
import { OpenWebuiHooks } from './open-webui-hooks.js';

@ApiTags('notifications')
@ApiSecurity({})
@Controller('hooks/open-webui')
@UseInterceptors(IdempotentAnswers)
export class OpenWebuiHookController {
  constructor(
    private readonly hooks: OpenWebuiHooks,
    private readonly sender: NotificationSender,
  ) {}

  /** Takes Open WebUI's own webhook, and passes it on to the hook's recipients. The secret in the path is the key. */
  @Post(':secret')
  @HttpCode(202)
  @ApiResponse({ status: 202, standardSchema: hookAccepted })
  async receive(
    @Context() { requestId, traceparent }: RequestContext,
    @Param('secret', { schema: hookSecret }) secret: string,
    @Body({ schema: openWebuiEvent }) event: OpenWebuiEvent,
  ): Promise<HookAccepted> {
    const notifications = this.hooks.notificationsOf(this.hooks.find(secret), event);
    await this.sender.sendAll(notifications.map((each) => ({ ...each, requestId, traceparent })));
    return { recipients: notifications.length };
  }
}
