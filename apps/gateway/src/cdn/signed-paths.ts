import type { ServerResponse } from 'node:http';
import { UrlSigner, type SignedUrl } from '@slipstream/cdn';
import type { Config } from '@slipstream/config';
import { SlipstreamError, statusOf } from '@slipstream/contracts';
import { endWithProblem, sendProblem } from '@slipstream/http';
import { pathMatcher } from '@slipstream/http-cache';
import type { ListenerOptions, RequestHandler } from '../http/listener-options.js';
import { signingOptions, type SigningOptions } from './cdn.options.js';

const CODES = { invalid: 'url_signature_invalid', expired: 'url_expired' } as const;
type Upgrade = NonNullable<ListenerOptions['upgrade']>;

const INVALID: SignedUrl = { type: 'invalid' };

/** Serves some paths only to requests with a signed URL. */
export class SignedPaths {
  readonly signer: UrlSigner;
  private readonly isProtected: (target: string) => boolean;

  constructor({ paths, ...keys }: SigningOptions) {
    this.signer = new UrlSigner(keys);
    this.isProtected = pathMatcher(paths);
  }

  /** The backend, the cache and the logs get the URL without its signature. */
  guard(handle: RequestHandler): RequestHandler {
    return (request, response, context) => {
      const { url } = context;
      if (!this.isProtected(url)) return handle(request, response, context);
      const found = isRead(request.method) ? this.signer.verify(url) : INVALID;
      if (found.type !== 'valid') return this.refuse(response, found.type, context.requestId);
      request.url = context.url = found.target;
      context.isSigned = true;
      handle(request, response, context);
    };
  }

  /** A signed URL is for reading: no WebSocket is opened below a protected path. */
  guardUpgrade(upgrade: Upgrade): Upgrade {
    return (request, socket, head, context) => {
      if (!this.isProtected(context.url)) return upgrade(request, socket, head, context);
      context.onHandshakeAnswered?.(statusOf(CODES.invalid));
      endWithProblem(socket, new SlipstreamError(CODES.invalid));
    };
  }

  private refuse(response: ServerResponse, type: keyof typeof CODES, requestId: string): void {
    response.setHeader('cache-control', 'no-store');
    sendProblem(response, new SlipstreamError(CODES[type]), requestId);
  }
}

const isRead = (method: string | undefined): boolean => method === 'GET' || method === 'HEAD';

/** Handlers of the web application. */
export interface WebHandlers {
  readonly request: RequestHandler;
  /** Absent: no WebSockets. */
  readonly upgrade?: Upgrade;
}

/** @returns the handlers, which serve the configured paths only to signed URLs */
export function signedOnly(config: Config, handlers: WebHandlers): WebHandlers {
  const signing = signingOptions(config);
  if (!signing) return handlers;
  const paths = new SignedPaths(signing);
  const { request, upgrade } = handlers;
  return { request: paths.guard(request), upgrade: upgrade && paths.guardUpgrade(upgrade) };
}
