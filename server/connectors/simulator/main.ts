/**
 * The simulated ledger by hand:
 *   node --import tsx server/connectors/simulator/main.ts --port 4010 --count 5000 --fault html_503:3 --fault 429:5:2
 * A fault is kind, kind:nth (the nth request; left out or * for every one) or kind:nth:value, where the value is the seconds
 * of a 429, the status of a status or the milliseconds per byte of a slow_drip. The token is a simulated one, no secret.
 */
import { parseArgs } from 'node:util'
import { FAULT_KINDS, type Fault, type FaultKind } from './faults.ts'
import { LEDGER_PATH, startLedgerSimulator } from './ledger-simulator.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4010' },
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    entity: { type: 'string', default: 'US01' },
    period: { type: 'string', default: '2026-03' },
    version: { type: 'string', default: 'actual' },
    currency: { type: 'string', default: 'USD' },
    'page-size': { type: 'string', default: '100' },
    shuffle: { type: 'string' },
    token: { type: 'string' },
    gzip: { type: 'boolean', default: false },
    fault: { type: 'string', multiple: true, default: [] },
  },
})

const simulator = await startLedgerSimulator({
  port: wholeNumber('port', values.port),
  lines: {
    count: wholeNumber('count', values.count),
    seed: wholeNumber('seed', values.seed),
    entity: values.entity,
    period: values.period,
    version: values.version,
    currency: values.currency,
  },
  pageSize: wholeNumber('page-size', values['page-size']),
  gzip: values.gzip,
  faults: values.fault.map(readFault),
  ...(values.shuffle === undefined ? {} : { shuffle: wholeNumber('shuffle', values.shuffle) }),
  ...(values.token === undefined ? {} : { token: values.token }),
})
console.log(`SIMULATED ledger at ${simulator.url}${LEDGER_PATH}; stop it with Ctrl+C`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.stop())

function readFault(text: string): Fault {
  const [kind = '', nth = '*', value] = text.split(':')
  if (!(FAULT_KINDS as readonly string[]).includes(kind))
    throw new Error(`no such fault: ${kind}; there are ${FAULT_KINDS.join(', ')}`)
  const when = nth === '*' ? { always: true as const } : { nth: wholeNumber('fault', nth) }
  const on = { on: 'request' as const, ...when }
  const figure = value === undefined ? undefined : wholeNumber('fault', value)
  if (kind === '429') return { ...on, kind, ...(figure === undefined ? {} : { retryAfterSeconds: figure }) }
  if (kind === 'slow_drip') return { ...on, kind, ...(figure === undefined ? {} : { bytesEveryMs: figure }) }
  if (kind === 'status') return { ...on, kind, status: figure ?? 500 }
  return { ...on, kind: kind as Exclude<FaultKind, '429' | 'slow_drip' | 'status'> }
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${option} takes a whole number, not ${text}`)
  return Number(text)
}
