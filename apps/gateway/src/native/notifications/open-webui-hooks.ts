import { secretHash } from '@slipstream/access';
import { NotFoundError, type OpenWebuiEvent } from '@slipstream/contracts';
import type { NewNotification } from '@slipstream/notifications';

/** A configured hook. */
export interface ConfiguredHook {
  id: string;
  /** `sha256:` and the hash, in hex, of the secret at the end of its URL. */
  hash: string;
  /** Ids of users. */
  recipients: readonly string[];
}

/** Known actions of Open WebUI. Users select their channels by these names. */
const ACTIONS: ReadonlySet<string> = new Set(['signup', 'chat', 'channel']);

/** Finds hooks by their secret, and converts messages of Open WebUI into notifications. */
export class OpenWebuiHooks {
  private readonly byHash: ReadonlyMap<string, ConfiguredHook>;

  constructor(hooks: readonly ConfiguredHook[]) {
    this.byHash = new Map(hooks.map((hook) => [hook.hash, hook]));
  }

  /** @throws NotFoundError `hook_not_found`, without the secret */
  find(secret: string): ConfiguredHook {
    const hook = this.byHash.get(secretHash(secret));
    if (!hook) throw new NotFoundError('hook');
    return hook;
  }

  /** Returns one notification per user, of kind `open-webui.signup`, `.chat`, `.channel` or `.other`. */
  notificationsFor(userIds: readonly string[], { action, message, title, url }: OpenWebuiEvent): NewNotification[] {
    const kind = `open-webui.${ACTIONS.has(action) ? action : 'other'}`;
    const data = { title: title ?? `Open WebUI: ${action}`, text: message };
    return userIds.map((userId) => ({ userId, kind, data, ...(url && isWebUrl(url) && { url }) }));
  }
}

const isWebUrl = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text);
