export type { Channel, Notice, Recipient } from './channel.port.js';
export { DeliveryError } from './delivery-error.js';
export { EmailChannel, type EmailOptions } from './email/email.channel.js';
export { InboxChannel, type InboxPort } from './inbox/inbox.channel.js';
export { retryDelayMs } from './retry-schedule.js';
export type { Rendered, Template } from './templates/template.js';
export { Templates } from './templates/templates.js';
export { newWebhookSecret } from './webhook/signature.js';
export { WebhookChannel, type WebhookOptions } from './webhook/webhook.channel.js';
