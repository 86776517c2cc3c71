// A collector for trying tracing: prints each trace as a tree. `node examples/trace-viewer.mjs` listens at
// http://127.0.0.1:4318/v1/traces, or at another port that is given as its argument.
import { createServer } from 'node:http';

/** A trace is printed when no span of it has come for this time. */
const QUIET_MS = 3000;
const traces = new Map();

createServer(async (request, response) => {
  const text = Buffer.concat(await request.toArray()).toString();
  for (const { resource, scopeSpans } of JSON.parse(text).resourceSpans)
    for (const span of scopeSpans.flatMap(({ spans }) => spans))
      add({ ...span, process: valueOf(resource, 'service.name') });
  response.end('{}');
}).listen(Number(process.argv[2] ?? 4318), '127.0.0.1');

function add(span) {
  const trace = traces.get(span.traceId) ?? { spans: [] };
  traces.set(span.traceId, trace);
  trace.spans.push(span);
  clearTimeout(trace.timer);
  trace.timer = setTimeout(() => {
    traces.delete(span.traceId);
    print(span.traceId, trace.spans);
  }, QUIET_MS);
}

function print(traceId, spans) {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const begun = Math.min(...spans.map(startOf));
  console.log(`trace ${traceId}`);
  console.log('  at ms  took ms');
  for (const root of spans.filter(({ parentSpanId }) => !ids.has(parentSpanId))) printTree(root, spans, begun, '');
}

function printTree(span, spans, begun, indent) {
  const at = (startOf(span) - begun).toFixed(1).padStart(7);
  const took = (Number(span.endTimeUnixNano) / 1e6 - startOf(span)).toFixed(1).padStart(8);
  const failed = span.status.code === 2 ? `  ! ${valueOf(span, 'error.type')}` : '';
  console.log(`${at} ${took}  ${indent}${span.name}  [${span.process}]${failed}`);
  for (const child of spans.filter(({ parentSpanId }) => parentSpanId === span.spanId).toSorted(byStart))
    printTree(child, spans, begun, `${indent}  `);
}

const startOf = ({ startTimeUnixNano }) => Number(startTimeUnixNano) / 1e6;
const byStart = (a, b) => startOf(a) - startOf(b);
const valueOf = ({ attributes }, name) => Object.values(attributes.find(({ key }) => key === name)?.value ?? {})[0];
