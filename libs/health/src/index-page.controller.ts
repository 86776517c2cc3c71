import { Controller, Get, Header, Inject } from '@nestjs/common';
import { escapeHtml } from '@slipstream/http';

/** Injection token of the links of `/`, besides those to health and metrics. */
export const LINKS = Symbol('links');

/** A page of the management listener. */
export interface ManagementLink {
  path: string;
  /** Describes the page, in a few words. */
  text: string;
}

const OWN: readonly ManagementLink[] = [
  { path: '/health/ready', text: 'readiness of this service, and the state of its stores' },
  { path: '/health/live', text: 'liveness of this process' },
  { path: '/metrics', text: 'metrics in the format of Prometheus' },
];

/** `/` of the management listener: links to its pages. It shows no state, so it requires no key. */
@Controller()
export class IndexPageController {
  private readonly page: string;

  constructor(@Inject(LINKS) links: readonly ManagementLink[]) {
    this.page = render([...OWN, ...links]);
  }

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-cache')
  @Header('x-content-type-options', 'nosniff')
  @Header(
    'content-security-policy',
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  )
  index(): string {
    return this.page;
  }
}

const rendered = ({ path, text }: ManagementLink): string =>
  `  <dt><a href="${escapeHtml(path)}">${escapeHtml(path)}</a></dt><dd>${escapeHtml(text)}</dd>`;

const render = (links: readonly ManagementLink[]): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Slipstream management</title>
<style>
  :root { color-scheme: light dark }
  body { font: 16px/1.6 system-ui, sans-serif; max-width: 42rem; margin: 10vh auto; padding: 0 1.5rem }
  h1 { font-size: 1.5rem }
  dt { font-family: ui-monospace, monospace; font-size: .95rem }
  dd { margin: 0 0 .8rem; opacity: .75 }
</style>
<h1>Slipstream management</h1>
<dl>
${links.map(rendered).join('\n')}
</dl>
</html>
`;
