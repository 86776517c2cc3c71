-- Asks for a new URL with each request: every answer is a miss. The script's argument keeps runs apart.
dofile(debug.getinfo(1, 'S').source:sub(2):match('(.*/)') .. 'report.lua')

local number = 0
local prefix

function init(args)
  prefix = '/items/' .. args[1] .. '?number='
end

function request()
  number = number + 1
  return wrk.format('GET', prefix .. number)
end
