// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What the server does as a whole or not at all. Each of these may be done twice: an answer that is
// lost with its connection leads to a second request.

#ifndef FANOUT_EXAMPLE_FARM_SCRIPTS_HPP
#define FANOUT_EXAMPLE_FARM_SCRIPTS_HPP

#include <string_view>

namespace farm::scripts {

/// Stands before each of them. Writes begin with a command that needs memory: where there is none,
/// the script fails before it has changed anything.
inline constexpr std::string_view names = R"lua(
local jobs, results, bodies, dead, counts, list = unpack(KEYS)
local group = 'workers'
)lua";

inline constexpr std::string_view open = R"lua(
local made = redis.pcall('XGROUP', 'CREATE', jobs, group, '0', 'MKSTREAM')
if made.err and not string.find(made.err, 'BUSYGROUP') then return made end
return 1
)lua";

/// ARGV: lease in ms
inline constexpr std::string_view join = R"lua(
redis.call('HSETNX', list, 'lease', ARGV[1])
return redis.call('HGET', list, 'lease')
)lua";

inline constexpr std::string_view where = R"lua(
return {redis.call('HGET', list, 'lines') or '0', redis.call('HGET', list, 'hash') or ''}
)lua";

/// ARGV: lines and hash before, hash after, until (ms since 1970 or ''), window, url...
inline constexpr std::string_view add = R"lua(
local lines = redis.call('HGET', list, 'lines') or '0'
local hash = redis.call('HGET', list, 'hash') or ''
local waiting = redis.call('XLEN', jobs) - redis.call('XPENDING', jobs, group)[1]
local n = #ARGV - 5
if lines ~= ARGV[1] or hash ~= ARGV[2] or waiting + n > tonumber(ARGV[5]) then
  return {lines, hash}
end
for i = 1, n do
  redis.call('XADD', jobs, string.format('%.0f-0', lines + i), 'url', ARGV[5 + i], 'until', ARGV[4])
end
lines = string.format('%.0f', lines + n)
redis.call('HSET', list, 'lines', lines, 'hash', ARGV[3], 'complete', 0)
return {lines, ARGV[3]}
)lua";

/// ARGV: lines
inline constexpr std::string_view total = R"lua(
return redis.call('HSET', list, 'total', ARGV[1])
)lua";

/// ARGV: lines and hash. Another producer may have gone on since.
inline constexpr std::string_view complete = R"lua(
if (redis.call('HGET', list, 'lines') or '0') ~= ARGV[1] then return 0 end
return redis.call('HSET', list, 'complete', 1, 'total', ARGV[1])
)lua";

/// ARGV: worker, lease in ms, cursor, how many. Yields the next cursor, and of each job its id,
/// url, until and attempt.
inline constexpr std::string_view take_over = R"lua(
local found = redis.call('XAUTOCLAIM', jobs, group, ARGV[1], ARGV[2], ARGV[3], 'COUNT', ARGV[4])
local told = {found[1]}
for _, job in ipairs(found[2]) do
  local pending = redis.call('XPENDING', jobs, group, job[1], job[1], 1)
  for _, part in ipairs({job[1], job[2][2], job[2][4], pending[1][4]}) do
    table.insert(told, part)
  end
end
if #found[2] > 0 then redis.call('HINCRBY', counts, 'taken_over', #found[2]) end
return told
)lua";

/// ARGV: worker, id, attempt
inline constexpr std::string_view hold = R"lua(
local pending = redis.call('XPENDING', jobs, group, ARGV[2], ARGV[2], 1)
if #pending == 0 or pending[1][2] ~= ARGV[1] then return 0 end
redis.call('XCLAIM', jobs, group, ARGV[1], 0, ARGV[2], 'RETRYCOUNT', ARGV[3], 'JUSTID')
return 1
)lua";

/// ARGV: id, the number of the URL, result, what it counts as, 'body' if the last one is one, body.
/// A job that is no longer pending has ended before: by this very request, if the result is the
/// same.
inline constexpr std::string_view finish = R"lua(
local id, line, result, kind = unpack(ARGV)
if #redis.call('XPENDING', jobs, group, id, id, 1) == 0 then
  if (redis.call('HGET', results, line) or redis.call('HGET', dead, line)) == result then
    return 1
  end
  redis.call('HINCRBY', counts, 'again', 1)
  return 0
end
redis.call('HSETNX', kind == 'dead' and dead or results, line, result)
if ARGV[5] == 'body' then redis.call('HSETNX', bodies, line, ARGV[6]) end
redis.call('XACK', jobs, group, id)
redis.call('XDEL', jobs, id)
redis.call('HINCRBY', counts, kind, 1)
return 1
)lua";

/// ARGV: worker, lease in ms. What was handed to the worker and never ran is no attempt.
inline constexpr std::string_view leave = R"lua(
local left = redis.call('XPENDING', jobs, group, '-', '+', 100000, ARGV[1])
for _, job in ipairs(left) do
  redis.call('XCLAIM', jobs, group, ARGV[1], 0, job[1], 'IDLE', ARGV[2], 'RETRYCOUNT',
             math.max(job[4] - 1, 0), 'JUSTID')
end
if #left == 0 then redis.call('XGROUP', 'DELCONSUMER', jobs, group, ARGV[1]) end
return #left
)lua";

/// ARGV: the number of each URL. Yields a result for each, '' where there is none.
inline constexpr std::string_view read = R"lua(
local told = {}
for i, line in ipairs(ARGV) do
  told[i] = redis.call('HGET', results, line) or redis.call('HGET', dead, line) or ''
end
return told
)lua";

/// Yields time, lines, total, complete, waiting, done, failed, dead, taken over, again, and of each
/// worker its name and how many jobs it holds.
inline constexpr std::string_view look = R"lua(
local time = redis.call('TIME')
local pending = {0}
if redis.call('EXISTS', jobs) == 1 then pending = redis.call('XPENDING', jobs, group) end
local told = {time[1] .. string.format('%06d', time[2])}
for _, name in ipairs({'lines', 'total', 'complete'}) do
  table.insert(told, redis.call('HGET', list, name) or '')
end
table.insert(told, redis.call('XLEN', jobs) - pending[1])
for _, name in ipairs({'done', 'failed', 'dead', 'taken_over', 'again'}) do
  table.insert(told, redis.call('HGET', counts, name) or '0')
end
for _, worker in ipairs(pending[4] or {}) do
  table.insert(told, worker[1])
  table.insert(told, worker[2])
end
return told
)lua";

} // namespace farm::scripts

#endif
