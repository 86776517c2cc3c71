-- Posts a chat of 600 bytes that is answered in one piece; reports as report.lua does.
local head = '{"model":"m","messages":[{"role":"user","content":"'
local tail = '"}]}'
wrk.method = 'POST'
wrk.headers['Content-Type'] = 'application/json'
wrk.body = head .. string.rep('x', 600 - #head - #tail) .. tail

done = function(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  local form = '{"requests":%d,"seconds":%f,"p50Ms":%f,"p99Ms":%f,"errors":%d}\n'
  io.write(string.format(form, summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, failed))
end
