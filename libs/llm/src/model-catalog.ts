import { NoHealthyBackendsError } from '@slipstream/balancer';
import type { Model } from '@slipstream/contracts';
import { isKeyRefusal } from './load-models.js';
import { ModelError } from './model-error.js';
import type { ModelList } from './model-list.js';

/**
 * The models of each server. An unreachable server keeps its last good list: its models are unavailable, not unknown.
 */
export class ModelCatalog {
  private lists: ReadonlyMap<string, ModelList>;

  /** @param urls base URLs, in the order of the configuration @param listOf the list of one of them */
  constructor(
    urls: readonly string[],
    private readonly listOf: (url: string) => ModelList,
  ) {
    this.lists = new Map(urls.map((url) => [url, listOf(url)]));
  }

  /** Of every server. */
  get urls(): readonly string[] {
    return [...this.lists.keys()];
  }

  /** Replaces the servers. Remaining servers keep their lists. */
  setServers(urls: readonly string[]): void {
    this.lists = new Map(urls.map((url) => [url, this.lists.get(url) ?? this.listOf(url)]));
  }

  /** Returns every model once, in the order of the servers. It waits only for servers without any list. */
  async models(): Promise<Model[]> {
    const lists = await Promise.all([...this.lists.values()].map((list) => list.current()));
    return [...new Map(lists.flat().map((model) => [model.id, model])).values()];
  }

  /** Whether this server has the model, as far as known. */
  serves(url: string, model: string): boolean {
    return this.lists.get(url)?.has(model) ?? false;
  }

  /**
   * Checks that a server has the model; reloads old lists before it denies.
   *
   * @throws ModelError `model_not_found`
   * @throws ModelError `model_key_refused` if every server refuses the key of this gateway
   * @throws NoHealthyBackendsError if no server has ever listed its models, so that no model can be denied
   */
  async require(model: string): Promise<void> {
    if (this.isKnown(model)) return;
    await Promise.all([...this.lists.values()].map((list) => list.refreshIfStale()));
    if (this.isKnown(model)) return;
    if ([...this.lists.values()].some((list) => list.isKnown)) {
      throw new ModelError(
        'model_not_found',
        `No model server has the model '${model}'; GET /v1/models lists all models.`,
        { param: 'model', context: { model } },
      );
    }
    if ([...this.lists.values()].every((list) => isKeyRefusal(list.lastFailure)))
      throw new ModelError(
        'model_key_refused',
        "The model's server refuses the key of this gateway. Do not try again; inform your administrator.",
      );
    throw new NoHealthyBackendsError('models');
  }

  /** Requests the list now. @throws Error that describes the answer instead of a list */
  async refresh(url: string): Promise<void> {
    await this.lists.get(url)?.refresh();
  }

  /** Whether a server has the model, as far as known. */
  isKnown(model: string): boolean {
    for (const list of this.lists.values()) if (list.has(model)) return true;
    return false;
  }
}
