import { expect, it } from 'vitest';
import { otlpJson } from './otlp-json.js';
import type { SpanRecord } from './span-record.js';

const ROOT: SpanRecord = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  name: 'GET web',
  kind: 'server',
  startedAt: 1_700_000_000_000.5,
  endedAt: 1_700_000_000_003,
  attributes: new Map<string, string | number | boolean>([
    ['http.request.method', 'GET'],
    ['http.response.status_code', 502],
    ['a.bool', true],
    ['a.ratio', 0.5],
  ]),
  isFailed: false,
};

it('writes spans as the serializer of OpenTelemetry does', () => {
  const child: SpanRecord = {
    ...ROOT,
    spanId: 'b7ad6b7169203332',
    parentSpanId: ROOT.spanId,
    link: { traceId: '1'.repeat(32), spanId: '2'.repeat(16) },
    name: 'GET',
    kind: 'client',
    attributes: new Map(),
    isFailed: true,
  };
  // As @opentelemetry/otlp-transformer 0.223 serializes these spans. Fields with their default value are left out.
  expect(JSON.parse(otlpJson([['service.name', 'slipstream-gateway']], [child, ROOT]))).toEqual({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'slipstream-gateway' } }] },
        scopeSpans: [
          {
            scope: { name: 'slipstream' },
            spans: [
              {
                traceId: ROOT.traceId,
                spanId: 'b7ad6b7169203332',
                parentSpanId: 'b7ad6b7169203331',
                name: 'GET',
                kind: 3,
                startTimeUnixNano: '1700000000000500000',
                endTimeUnixNano: '1700000000003000000',
                attributes: [],
                links: [{ traceId: '1'.repeat(32), spanId: '2'.repeat(16), flags: 1 }],
                status: { code: 2 },
                flags: 1,
              },
              {
                traceId: ROOT.traceId,
                spanId: 'b7ad6b7169203331',
                name: 'GET web',
                kind: 2,
                startTimeUnixNano: '1700000000000500000',
                endTimeUnixNano: '1700000000003000000',
                attributes: [
                  { key: 'http.request.method', value: { stringValue: 'GET' } },
                  { key: 'http.response.status_code', value: { intValue: '502' } },
                  { key: 'a.bool', value: { boolValue: true } },
                  { key: 'a.ratio', value: { doubleValue: 0.5 } },
                ],
                status: {},
                flags: 1,
              },
            ],
          },
        ],
      },
    ],
  });
});
