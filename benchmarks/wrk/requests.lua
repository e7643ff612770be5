-- Asks the paths of a file one after the other in a fixed shuffle; writes one line of JSON at the end.
-- Usage: wrk -s requests.lua ADDRESS -- FILE [ACCEPT]

local paths, count, accept = {}, 0, "*/*"

function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
  accept = args[2] or accept
end

function request()
  count = count + 1
  return wrk.format("GET", paths[(count * 7919) % #paths + 1], { ["Accept"] = accept })
end

function done(summary, latency, _)
  io.write(string.format(
    '\nRESULT {"requests": %d, "seconds": %.3f, "errors": %d, "p50": %.2f, "p95": %.2f, "p99": %.2f, "max": %.2f}\n',
    summary.requests, summary.duration / 1e6,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
