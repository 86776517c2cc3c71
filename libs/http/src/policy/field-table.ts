import { HOP_BY_HOP } from '../end-to-end-headers.js';
import type { FieldKind } from './field-kind.js';

/** Fields of a kind: names, and patterns of names, in canonical form. */
export interface FieldRow {
  readonly kind: FieldKind;
  /** Words separated by spaces. A `*` at the end of a word matches any rest. */
  readonly names: string;
  /** Whether proxies and delivery networks set it, and direct clients do not. */
  readonly isSetByProxies?: true;
  /** Whether it is often spelled with underscores too, so that this spelling disguises no other field. */
  readonly hasUnderscores?: true;
}

/**
 * The forwarding-header policy. The first row with the name decides; the order within a row has no effect. A name
 * without a row is judged by {@link NAME_PATTERNS}.
 */
export const FIELD_TABLE: readonly FieldRow[] = [
  // Proxy: HTTP_PROXY of CGI programs (CVE-2016-5385)
  { kind: 'hop', names: `${[...HOP_BY_HOP].join(' ')} http2-settings proxy` },
  { kind: 'own', names: 'x-slipstream x-slipstream-*' },
  { kind: 'renewed', names: 'expect x-request-id traceparent tracestate' },
  { kind: 'message', names: 'host content-length' },
  { kind: 'message', names: 'via', isSetByProxies: true },
  {
    kind: 'plain',
    names: `accept accept-* a-im access-control-request-* b3 baggage cache-control content-* device-memory dnt downlink
      dpr early-data ect idempotency-key if-* last-event-id max-forwards newrelic origin pragma prefer priority purpose
      range referer rtt save-data sec-ch-* sec-fetch-* sec-gpc sec-purpose sec-websocket-* sentry-trace
      upgrade-insecure-requests user-agent viewport-width width x-b3-* x-correlation-id x-datadog-* x-requested-with
      x-stainless-* x-user-agent`,
  },
  {
    kind: 'plain',
    names: 'cdn-loop x-amz-cf-id x-amzn-trace-id x-cloud-trace-context surrogate-capability x-varnish',
    isSetByProxies: true,
  },
  { kind: 'identity', names: 'x-openwebui-user-*' },
  { kind: 'identity', names: 'oidc-*', isSetByProxies: true, hasUnderscores: true },
  {
    kind: 'identity',
    isSetByProxies: true,
    names: `remote-user remote-email remote-name remote-group remote-groups remote-role remote-roles x-remote-user
      x-remote-email x-remote-name x-remote-group x-remote-groups x-remote-role x-remote-roles x-remote-extra-* x-user
      x-username x-userid x-userinfo x-email x-groups x-user-email x-user-mail x-user-name x-user-id x-user-group
      x-user-groups x-user-role x-user-roles x-user-login x-user-dn x-forwarded-user x-forwarded-username
      x-forwarded-user-* x-forwarded-email x-forwarded-name x-forwarded-groups x-forwarded-roles
      x-forwarded-preferred-username x-forwarded-access-token x-forwarded-id-token x-forwarded-client-cert
      x-forwarded-tls-client-* x-forwarded-auth-* x-auth-user x-auth-username x-auth-email x-auth-name x-auth-groups
      x-auth-roles x-auth-request-* x-authenticated-* x-authentik-* x-authelia-* x-webauth-* x-appengine-user-email
      x-appengine-user-id x-appengine-user-nickname x-pomerium-* x-keycloak-* x-vouch-* x-oidc-* x-saml-* x-sso-*
      x-shib-* shib-* x-token-subject x-token-user-* x-jwt-payload x-jwt-claim x-jwt-claim-* x-endpoint-api-userinfo
      x-apigateway-api-userinfo x-consumer-* x-credential-* x-anonymous-consumer x-ms-client-principal
      x-ms-client-principal-* x-ms-token-* x-amzn-oidc-* x-amzn-mtls-* x-goog-authenticated-user-* x-goog-iap-*
      cf-access-* tailscale-* client-cert client-cert-chain ssl-client-* x-ssl-client-* x-ssl-cert x-tls-client-*
      x-client-cert x-client-cert-* x-client-dn x-client-verify x-arr-clientcert x-identity-* x-impersonate-*
      impersonate-* x-proxy-user x-real-user x-original-user auth-user`,
  },
  {
    kind: 'origin',
    isSetByProxies: true,
    names: `x-forwarded-proto x-forwarded-protocol x-forwarded-scheme x-forwarded-ssl x-forwarded-https x-forwarded-host
      x-forwarded-hostname x-forwarded-port x-forwarded-server x-forwarded-prefix x-forwarded-base-path
      x-forwarded-context x-forwarded-proto-version forwarded x-scheme x-url-scheme front-end-https x-front-end-https
      x-arr-ssl x-appservice-proto cloudfront-forwarded-proto cf-visitor x-host x-real-host x-real-proto
      x-original-host x-original-proto x-original-scheme x-original-port x-envoy-original-host x-script-name
      script-name cf-ipcountry cf-ipcity cf-ipcontinent cf-region cf-region-code cf-timezone cloudfront-viewer-country
      cloudfront-viewer-country-* cloudfront-viewer-city cloudfront-viewer-time-zone cloudfront-is-* x-vercel-ip-*
      x-appengine-country x-appengine-region x-appengine-city x-geo-* x-client-geo-* x-akamai-edgescape
      x-akamai-device-characteristics fastly-geo-* cdn-requestcountrycode`,
  },
  {
    kind: 'address',
    isSetByProxies: true,
    names: `x-forwarded-for x-forwarded x-forwarded-by x-forwarded-for-* forwarded-for x-original-forwarded-for
      x-original-remote-addr x-real-ip x-real-port x-client-ip client-ip x-client-port x-clientip x-cluster-client-ip
      x-remote-addr x-remote-ip x-remote-port x-remote-host remote-addr remote-host true-client-ip cf-* fastly-* fly-*
      x-azure-* x-appengine-* x-envoy-* x-nf-* x-vercel-* cloudfront-* x-akamai-* akamai-* x-originating-ip
      x-source-ip x-peer-ip x-sucuri-* incap-* ali-cdn-* wl-proxy-client-ip proxy-client-ip do-connecting-ip eo-*
      x-nginx-* x-arr-* x-lb-* x-istio-*`,
  },
  {
    kind: 'override',
    isSetByProxies: true,
    names: `x-original-* x-envoy-original-path x-rewrite-* x-rewritten-* x-override-* x-http-method x-http-method-*
      x-method-override x-http-path-override x-host-override x-http-host-override x-forwarded-* forwarded-*
      request-uri path-info x-real-url x-real-uri x-real-path x-accel-* x-sendfile x-sendfile-type x-middleware-*
      x-matched-path x-invoke-* x-now-route-matches x-proxy-url proxy-url proxy-host x-proxy-host`,
  },
  {
    kind: 'credential',
    hasUnderscores: true,
    names:
      'authorization cookie cookie2 x-api-key api-key apikey x-apikey x-goog-api-key x-auth-token x-access-token ' +
      'private-token',
  },
];

/** Policy for names without a row: the first matching pattern decides. */
export const NAME_PATTERNS: readonly (readonly [kind: FieldKind, pattern: RegExp])[] = [
  [
    'address',
    /(?:^|-)(?:client|real|remote|source|src|peer|user|originating|connecting)-?(?:ip|addr|address)(?:v?[46])?$/,
  ],
  ['override', /-override$/],
  [
    'routing',
    /(?:^|-)(?:url|uri|path(?:name)?|basepath|method|verb|v?host|hostname|domain|scheme|proto(?:col)?|port|prefix|script)(?:-|$)/,
  ],
  [
    'routing',
    /(?:^|-)(?:rewrit(?:e|ten)|rout(?:e|ing)|destination|target|backend|upstream|forward(?:ed)?|redirect|original|override)(?:-|$)/,
  ],
  [
    'credential',
    /auth|token|jwt|key|secret|sess|user|mail|account|ident|princip|login|passw|credential|cert|cookie|sso|oidc|saml|tenant|bearer/,
  ],
  ['credential', /assert|signature|[cx]srf|member|person|customer|role|group|impersonat|subject|organi[sz]ation/],
  ['credential', /(?:device|client|visitor|profile|installation)-?id$|(?:^|-)(?:from|sid|uid|sub|org)(?:-|$)/],
];

/** Words that occur in the names of unlisted fields set by proxies. */
export const PROXY_WORDS =
  /forward|prox(?:y|ied)|(?:^|-)(?:via|cdn|edge|ingress|lb|loadbalancer|waf|cloudfront|cloudflare|envoy|nginx|varnish|squid|kong)(?:-|$)/;
