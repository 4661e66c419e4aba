import { pino, type Logger } from 'pino'
import { traceIds } from './traced.ts'

export type { Logger }

const SECRETS = ['password', 'secret', 'token', 'authorization', 'cookie', 'apiKey', 'databaseUrl', 'ownerUrl', 'appUrl']
const URL_PASSWORD = /(:\/\/[^:@\s/"]*:)[^@\s"]+@/g
const LEVELS: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info ', 40: 'warn ', 50: 'error', 60: 'fatal' }

type Line = Record<string, unknown> & { level: number; time: number }
type Output = { write(text: string): unknown; isTTY?: boolean }

/** JSON, one object a line, for machines; one terse line when a person is looking at a terminal. */
export function makeLogger({ level, output = process.stdout }: { level: string; output?: Output }): Logger {
  const forPerson = output.isTTY === true
  return pino(
    {
      level,
      base: { pid: process.pid },
      // Inside a span every line says which: the same id as the correlation id, without its hyphens.
      mixin: traceIds,
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[secret]' },
    },
    {
      write(line: string) {
        // Whatever the field is called, an address with a password in it does not leave.
        const safe = line.replace(URL_PASSWORD, '$1[secret]@')
        output.write(forPerson ? terse(safe) : safe)
      },
    },
  )
}

function terse(line: string) {
  const { level, time, pid: _pid, trace_id: _trace, span_id: _span, msg = '', err, ...rest } = JSON.parse(line) as Line
  const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  const fields = Object.entries(rest).map(([key, value]) => `${key}=${shown(value)}`)
  const trouble = err ? `\n${(err as { stack?: string }).stack ?? JSON.stringify(err)}` : ''
  return `${new Date(time).toISOString().slice(11, 19)} ${LEVELS[level] ?? level} ${[msg, ...fields].join(' ')}${trouble}\n`
}
