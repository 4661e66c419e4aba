import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { parseAmount } from '#server/domain/money.ts'
import { generateLedgerLines, type LedgerPage } from './ledger-lines.ts'
import { LEDGER_PATH, startLedgerSimulator, type LedgerSimulator, type LedgerSimulatorOptions } from './ledger-simulator.ts'

let simulator: LedgerSimulator | undefined
afterEach(() => simulator?.stop())

test('says that it is simulated, whatever it answers, and keeps a log without the token', async () => {
  await start({
    token: 'SENTINEL',
    faults: [
      { on: 'request', nth: 3, kind: 'html_503' },
      { on: 'request', nth: 4, kind: 'down' },
    ],
  })
  const bearer = { headers: { authorization: 'Bearer SENTINEL' } }
  const answers = [await ask(''), await ask('/nowhere', bearer), await ask(LEDGER_PATH, bearer)]
  await expect(ask(LEDGER_PATH, bearer)).rejects.toThrow()
  answers.push(await ask(LEDGER_PATH, bearer))
  expect(answers.map(({ status }) => status)).toEqual([401, 404, 503, 200])
  expect(answers.every(({ headers }) => headers.get('x-simulated') === 'true')).toBe(true)
  expect(simulator!.requests.map(({ status }) => status)).toEqual([401, 404, 503, null, 200])
  expect(JSON.stringify(simulator!.requests)).not.toContain('SENTINEL')
})

test('states the totals of the whole slice on every page, and they are right', async () => {
  const other = generateLedgerLines({ count: 4, entity: 'DE01', seed: 9 })
  await start({ lines: [...generateLedgerLines({ count: 7 }), ...other], pageSize: 3 })
  const first = await page('?entity=US01')
  const second = await page(`?entity=US01&cursor=${first.paging.next}`)
  const third = await page(`?entity=US01&cursor=${second.paging.next}`)
  expect(third.paging.next).toBeNull()
  const lines = [first, second, third].flatMap(({ lines: some }) => some)
  expect(new Set(lines.map(({ id }) => id)).size).toBe(7)
  const debit = lines.reduce((total, line) => total + (parseAmount(line.debit, 2) as bigint), 0n)
  for (const { totals } of [first, second, third]) {
    expect(totals).toEqual({ count: 7, debit: first.totals.debit, credit: first.totals.debit, currency: 'USD' })
    expect(parseAmount(totals.debit, 2)).toBe(debit)
  }
})

test('makes the same lines for the same seed, in balanced documents, and shuffles without losing any', async () => {
  const lines = generateLedgerLines({ count: 101, seed: 5 })
  expect(lines).toEqual(generateLedgerLines({ count: 101, seed: 5 }))
  expect(lines).not.toEqual(generateLedgerLines({ count: 101, seed: 6 }))
  expect(new Set(lines.map(({ id }) => id)).size).toBe(101)
  const balances = new Map<string, bigint>()
  for (const { document, debit, credit } of lines) {
    const net = (parseAmount(debit, 2) as bigint) - (parseAmount(credit, 2) as bigint)
    balances.set(document, (balances.get(document) ?? 0n) + net)
  }
  expect([...balances.values()].every((net) => net === 0n)).toBe(true)

  await start({ lines, pageSize: 200, shuffle: 3 })
  const mixed = (await page('')).lines
  expect(mixed).not.toEqual(lines)
  expect([...mixed].sort((a, b) => lines.findIndex(({ id }) => id === a.id) - lines.findIndex(({ id }) => id === b.id))).toEqual(
    lines,
  )
})

test('wrong pages are wrong in exactly one thing', async () => {
  await start({ pageSize: 4 })
  const right = await page('')
  await simulator!.stop()
  const wrong = async (kind: 'short_page' | 'claim_off_by_one' | 'amount_off_by_cent') => {
    await start({ pageSize: 4, faults: [{ on: 'request', always: true, kind }] })
    const found = await page('')
    await simulator!.stop()
    return found
  }
  expect(await wrong('short_page')).toEqual({ ...right, lines: right.lines.slice(0, 3) })
  expect(await wrong('claim_off_by_one')).toEqual({ ...right, totals: { ...right.totals, count: right.totals.count + 1 } })
  const altered = await wrong('amount_off_by_cent')
  expect(altered.totals).toEqual(right.totals)
  expect((parseAmount(altered.lines[0]!.debit, 2) as bigint) - (parseAmount(right.lines[0]!.debit, 2) as bigint)).toBe(1n)
  expect(altered.lines.slice(1)).toEqual(right.lines.slice(1))
})

test.each(['?cursor=forged', '?page=0', '?offset=-1', '?limit=0'])('refuses %s', async (query) => {
  await start({})
  expect((await ask(LEDGER_PATH + query)).status).toBe(400)
})

test('runs by hand', async () => {
  const script = [
    '--import',
    'tsx',
    'server/connectors/simulator/main.ts',
    '--port',
    '0',
    '--count',
    '5',
    '--fault',
    'html_503:1',
    '--fault',
    'status:2:418',
  ]
  const child = spawn(process.execPath, script, { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [said] = (await once(child.stdout, 'data')) as [Buffer]
    const url = /SIMULATED ledger at (\S+);/.exec(said.toString())![1]!
    const statuses = [(await fetch(url)).status, (await fetch(url)).status, (await fetch(url)).status]
    expect(statuses).toEqual([503, 418, 200])
  } finally {
    child.kill()
    await once(child, 'exit')
  }
})

const start = async (options: Partial<LedgerSimulatorOptions>) => {
  simulator = await startLedgerSimulator({ lines: { count: 10 }, ...options })
}
const ask = (path: string, init?: RequestInit) => fetch(simulator!.url + path, init)
const page = async (query: string) => (await (await ask(LEDGER_PATH + query)).json()) as LedgerPage
