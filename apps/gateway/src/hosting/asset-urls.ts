import type { CDNManager, UrlSigner } from '@slipstream/cdn';
import { SlipstreamError, type SignedUrlView } from '@slipstream/contracts';

/** URLs as clients get them: at the network, if there is one. */
export class AssetUrls {
  constructor(
    private readonly cdn: Pick<CDNManager, 'hasEdge' | 'getCdnUrl'>,
    private readonly signer: Pick<UrlSigner, 'sign'> | undefined,
  ) {}

  /** @param path below this gateway @returns a path, or an absolute URL at the network */
  of(path: string): string {
    return this.cdn.hasEdge ? this.cdn.getCdnUrl(path) : path;
  }

  /** @throws SlipstreamError `signing_not_configured` */
  sign(path: string, expiresInSeconds: number): SignedUrlView {
    if (!this.signer) throw new SlipstreamError('signing_not_configured');
    const expiresAt = Math.ceil(Date.now() / 1000 + expiresInSeconds) * 1000;
    return { url: this.signer.sign(path, expiresAt), expiresAt: new Date(expiresAt).toISOString() };
  }
}
