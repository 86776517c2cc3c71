import { SlipstreamError } from '@slipstream/contracts';
import type { EmbedderIdentity } from '@slipstream/vectors';
import type { Embedder, EmbeddingPurpose } from './embedder.port.js';
import { toUnitLength } from './unit-vector.js';

/** The model servers, as the embedder calls them. */
export interface EmbeddingServer {
  /** One vector of finite numbers for each text, all of one length. @throws SlipstreamError */
  embed(call: {
    model: string;
    texts: readonly string[];
    inputType?: EmbeddingPurpose;
    signal: AbortSignal;
  }): Promise<Float32Array[]>;
}

/**
 * How the model learns the purpose of a text. `none`: it makes no difference. `prefix`: by `query: ` or `passage: `
 * before the text, as E5 models expect. `input_type`: by this field of the request.
 */
export type PurposeMark = 'none' | 'prefix' | 'input_type';

export interface ModelEmbedderOptions {
  model: string;
  purpose: PurposeMark;
}

/** Embeds by a model of the model servers. */
export class ModelEmbedder implements Embedder {
  private dimensions?: number;

  constructor(
    private readonly server: EmbeddingServer,
    private readonly options: ModelEmbedderOptions,
  ) {}

  async identity(signal?: AbortSignal): Promise<EmbedderIdentity> {
    const { model, purpose } = this.options;
    this.dimensions ??= (await this.call(['length'], 'passage', signal))[0]!.length;
    return { name: purpose === 'none' ? model : `${model} (${purpose})`, dimensions: this.dimensions };
  }

  async embed(texts: readonly string[], purpose: EmbeddingPurpose, signal?: AbortSignal): Promise<Float32Array[]> {
    if (texts.length === 0) return [];
    const { dimensions } = await this.identity(signal);
    const vectors = await this.call(texts, purpose, signal);
    const { length } = vectors[0]!;
    if (length === dimensions) return vectors.map(toUnitLength);
    // The server has another model under this name: the next attempt uses a space for its vectors.
    this.dimensions = undefined;
    throw new SlipstreamError(
      'model_failed',
      `The embedding server answered vectors of ${length} numbers, and of ${dimensions} before.`,
    );
  }

  private call(texts: readonly string[], purpose: EmbeddingPurpose, signal = NEVER): Promise<Float32Array[]> {
    const { model, purpose: mark } = this.options;
    return this.server.embed({
      model,
      texts: mark === 'prefix' ? texts.map((text) => `${purpose}: ${text}`) : texts,
      ...(mark === 'input_type' && { inputType: purpose }),
      signal,
    });
  }
}

const NEVER = new AbortController().signal;
