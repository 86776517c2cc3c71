import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { RequestTimeline, isHttp2, type RequestContext } from '@slipstream/http';
import { runInContext, type AccessLog, type AnswerEnd, type HttpMetrics } from '@slipstream/telemetry';
import { accessEntry, unreadEntry } from './access-entry.js';
import { CLIENT_LEFT } from './client-left.js';
import type { ListenerLogger } from './gateway-logger.js';
import { endRequestSpan } from './request-span.js';

export interface RequestObserverOptions {
  metrics: HttpMetrics;
  /** Absent: no access log. */
  access?: Pick<AccessLog, 'isOn' | 'weigh' | 'add'>;
  logger: ListenerLogger;
}

/** Measures requests and logs them. */
export class RequestObserver {
  private readonly templates = new WeakMap<IncomingMessage, string>();

  constructor(readonly options: RequestObserverOptions) {}

  /** Sets the route template of a running request. */
  label(request: IncomingMessage, template: string): void {
    this.templates.set(request, template);
  }

  templateOf(request: IncomingMessage): string | undefined {
    return this.templates.get(request);
  }

  /** Begins the timeline of a request, if the access log may need it. */
  timeline(): RequestTimeline | undefined {
    return this.options.access?.isOn ? new RequestTimeline() : undefined;
  }

  begin(request: IncomingMessage, context: RequestContext, route: string): ObservedRequest {
    return new ObservedRequest(this, request, context, route);
  }

  /** Counts and logs a request that could not be parsed. */
  refused(socket: Socket, status: number): void {
    const { metrics, access } = this.options;
    metrics.observe({ route: 'unparsable', method: '', status, seconds: 0 });
    const sampled = access?.weigh(status, 0, 'complete') ?? 0;
    if (sampled > 0) access?.add(unreadEntry(socket, status), sampled);
  }
}

/** One running request. */
export class ObservedRequest {
  readonly startedAtMs: number;
  private isAnswered = false;

  constructor(
    private readonly observer: RequestObserver,
    private readonly request: IncomingMessage,
    private readonly context: RequestContext,
    private readonly route: string,
  ) {
    this.startedAtMs = context.timeline?.startedAtMs ?? performance.now();
    observer.options.metrics.begin();
  }

  get timeline(): RequestTimeline | undefined {
    return this.context.timeline;
  }

  /** Counts the request. Further calls have no effect. */
  answered(status: number, nowMs = performance.now()): void {
    if (this.isAnswered) return;
    this.isAnswered = true;
    const { context, request } = this;
    const { metrics, logger } = this.observer.options;
    metrics.end();
    const answered = {
      route: this.template,
      method: request.method ?? '',
      status,
      seconds: (nowMs - this.startedAtMs) / 1000,
    };
    metrics.observe(answered);
    if (context.span) endRequestSpan(context.span, request, context, { ...answered, atMs: nowMs });
    if (!logger.isLevelEnabled('debug')) return; // entering a context costs 3 % of a proxied request
    // it may end in the context of another request
    runInContext(context, () => logger.debug(answered, 'request answered'));
  }

  /** Adds the request to the access log, if it has a line there. @param protocol default: the version of HTTP */
  log(status: number, end: AnswerEnd, nowMs = performance.now(), protocol?: string): void {
    const { access } = this.observer.options;
    const { request, context } = this;
    const { timeline } = context;
    if (!access || !timeline) return;
    const sampled = access.weigh(status, timeline.judgedMs(nowMs), end);
    if (sampled === 0) return;
    const facts = { status, end, protocol, route: this.template, nowMs };
    access.add(accessEntry(request, context, timeline, facts), sampled);
  }

  /** The response has ended, or its connection has. */
  closed(response: ServerResponse): void {
    const nowMs = performance.now();
    const status = response.headersSent ? response.statusCode : CLIENT_LEFT;
    this.answered(status, nowMs);
    if (this.timeline) this.log(status, endOf(response, this.timeline), nowMs);
  }

  private get template(): string {
    return this.observer.templateOf(this.request) ?? this.route;
  }
}

function endOf(response: ServerResponse, { isBrokenOff }: RequestTimeline): AnswerEnd {
  if (isBrokenOff) return 'broken-off';
  const carrier = isHttp2(response.req) ? response.req.stream : response;
  return carrier.writableFinished ? 'complete' : 'client-left';
}
