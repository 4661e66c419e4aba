import { expect, test } from 'vitest'
import { bai2File, bankJob, sumOfEntries } from '#db/testing/bank.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ADMIN, load } from '#db/testing/load.ts'
import { BAI2_SAMPLE, camtFile, MT940_SAMPLE, type CamtStatement } from '#server/formats/testing/bank-samples.ts'
import { rollbackRun } from './rollback/rollback-run.ts'

const world = useDatabase()

/** A statement of one entry, from one balance to the next. */
const day = (nth: number, opening: number, amount: number, more: Partial<CamtStatement> = {}): CamtStatement => ({
  id: `STMT-${nth}`,
  sequence: nth,
  opening: `${opening}.00`,
  closing: `${opening + amount}.00`,
  entries: [{ amount: `${amount}.00`, reference: `BR-${nth}`, booked: `2026-10-${nth}` }],
  ...more,
})
const fileOf = (...days: readonly CamtStatement[]) => camtFile(days)
const send = (code: string, file: string | Uint8Array, name?: string) => load(world.context, bankJob('camt053', code), file, name)

const openOf = (code: string) =>
  world.owner<{ code: string; title: string; detail: string }[]>`
    select e.code, e.title, e.detail from exceptions e join jobs j on j.job_id = e.job_id where j.name = ${code} and e.closed_at is null order by e.exception_id`
const sumOf = (code: string) => sumOfEntries(world.owner, code)
const statementsOf = (code: string) =>
  world.owner`select s.statement, s.outcome, s.loaded_at_pub is not null and s.superseded_at_pub is null as current
    from bank_statements s join systems y on y.system_id = s.system_id where y.code = ${code} order by s.statement_id`

test('each format publishes its entries signed, with every claim tied', async () => {
  const files = { camt053: fileOf(day(10, 1000, 50)), mt940: MT940_SAMPLE, bai2: BAI2_SAMPLE } as const
  for (const format of ['camt053', 'mt940', 'bai2'] as const) {
    const report = await load(world.context, bankJob(format, `good-${format}`), files[format])
    expect({ format, outcome: report.outcome, said: report.exceptions }).toEqual({ format, outcome: 'succeeded', said: [] })
    const [claims] =
      await world.owner`select count(*)::int as n, bool_and(ties) as ties from claims where run_id = ${report.runId}`
    expect(claims).toEqual({ n: { camt053: 1, mt940: 1, bai2: 9 }[format], ties: true })
  }
  expect(await sumOf('good-camt053')).toBe('1 entries, 50.00')
  expect(await sumOf('good-mt940')).toBe('2 entries, 150.50')
  expect(await sumOf('good-bai2')).toBe('3 entries, 1250.00')
})

test('a balance that does not tie holds the whole file and names statement, account, stated, found and difference', async () => {
  const file = fileOf(day(10, 1000, 50), { ...day(11, 1050, 20), closing: '1071.00' })
  const report = await send('broken', file)
  expect([report.outcome, await sumOf('broken')]).toEqual(['held', '0 entries, 0'])
  expect(await openOf('broken')).toEqual([
    {
      code: 'statement_does_not_tie',
      title: 'Statement DE02100100100006820101 STMT-11: the bank states closing balance 1071.00, found 1070.00',
      detail:
        'DE02100100100006820101 STMT-11, CLBD: stated closing balance 1071.00, found 1070.00 (1050.00 beside the entries), a difference of 1.00 EUR',
    },
  ])
  // The whole statement as it should be closes it.
  await send('broken', fileOf(day(10, 1000, 50), day(11, 1050, 20)))
  expect([await openOf('broken'), await sumOf('broken')]).toEqual([[], '2 entries, 70.00'])
})

test.each([
  [
    'the 49 of an account',
    (text: string) => text.replace('49,20475000', '49,20475001'),
    /4401220 2026-10-31, 49: stated sum of amounts 204750.01, found 204750.00 .*0.01 USD/,
  ],
  [
    'the records of an account',
    (text: string) => text.replace('49,20475000,6', '49,20475000,7'),
    /49: stated number of records 7, found 6/,
  ],
  [
    'the records of the group',
    (text: string) => text.replace('98,20475000,1,8', '98,20475000,1,9'),
    /98: stated number of records 9, found 8/,
  ],
  [
    'the accounts of the group',
    (text: string) => text.replace('98,20475000,1,', '98,20475000,2,'),
    /98: stated number of parts 2, found 1/,
  ],
  [
    'the records of the file',
    (text: string) => text.replace('99,20475000,1,10', '99,20475000,1,11'),
    /file 1 of 261031, 99: stated number of records 11, found 10/,
  ],
  ['an entry that was altered', (text: string) => text.replace('16,195,50000', '16,195,50001'), /stated/],
  ['an entry that went', (text: string) => text.replace(/16,195.*\n/, ''), /stated/],
])('BAI2: %s is compared', async (name, change, detail) => {
  const code = `bai2-${name.replaceAll(' ', '-')}`.slice(0, 40)
  const report = await load(world.context, bankJob('bai2', code), change(BAI2_SAMPLE))
  expect(report.outcome).toBe('held')
  expect((await openOf(code))[0]?.detail).toMatch(detail)
})

test('a gap is found whichever statement comes first, is named with what moved in it, and closes when it is filled', async () => {
  await send('gap', fileOf(day(13, 1100, 5)), '13.xml')
  await send('gap', fileOf(day(10, 1000, 50)), '10.xml')
  expect(await openOf('gap')).toEqual([
    {
      code: 'statement_missing',
      title: 'Missing between STMT-10 and STMT-13 of DE02100100100006820101: numbers 11 to 12',
      detail: 'number 10, then 13; STMT-10 closes at 1050.00 EUR; STMT-13 opens at 1100.00 EUR; a difference of 50.00 EUR',
    },
  ])
  await send('gap', fileOf(day(11, 1050, 20)), '11.xml')
  expect((await openOf('gap')).map(({ title }) => title)).toEqual([
    'Missing between STMT-11 and STMT-13 of DE02100100100006820101: number 12',
  ])
  await send('gap', fileOf(day(12, 1070, 30)), '12.xml')
  expect([await openOf('gap'), await sumOf('gap')]).toEqual([[], '4 entries, 105.00'])
})

test('a statement that does not open where the one before closed is told, and the lines stand', async () => {
  await send('opening', fileOf(day(10, 1000, 50), day(11, 1049, 20)))
  expect(await openOf('opening')).toMatchObject([
    { code: 'statement_opening_differs', detail: expect.stringContaining('a difference of -1.00 EUR') },
  ])
  expect(await sumOf('opening')).toBe('2 entries, 70.00')
})

test('numbers may begin anew with a year; a number twice and a page that is missing are told', async () => {
  const january = { ...day(1, 1050, 20), id: 'NEW', entries: [], closing: '1050.00' }
  await send(
    'anew',
    fileOf(day(10, 1000, 50), january)
      .replace(/(<Stmt><Id>NEW.*?)2026-10-31(.*?)2026-10-31/s, '$12026-12-31$22027-01-02')
      .replace(/(Id>NEW.*CLBD.*?<Dt>)2026-10-31/s, '$12027-01-02'),
  )
  expect(await openOf('anew')).toEqual([])
  await send('twice', fileOf(day(10, 1000, 50), { ...day(10, 1050, 0), id: 'OTHER', entries: [] }))
  expect(await openOf('twice')).toMatchObject([{ code: 'statement_number_twice' }])
  await send('paged', fileOf({ ...day(10, 1000, 50), page: [1, false] }, { ...day(11, 1050, 20) }))
  expect(await openOf('paged')).toMatchObject([
    { code: 'statement_missing', title: expect.stringContaining('a page before page 1') },
  ])
})

test('the same statement under another name adds nothing; a copy says that it is one; both leave one current', async () => {
  await send('again', fileOf(day(10, 1000, 50)), 'first.xml')
  const again = await send('again', fileOf({ ...day(10, 1000, 50), copy: 'DUPL' }).replace('M-1', 'M-2'), 'second.xml')
  expect([again.outcome, again.lines.unchanged, again.publication]).toEqual(['succeeded', 1, null])
  expect(await statementsOf('again')).toEqual([
    { statement: 'STMT-10', outcome: 'new', current: true },
    { statement: 'STMT-10', outcome: 'repeated', current: false },
  ])
  expect(await openOf('again')).toEqual([])
})

test('the same statement with other content, not called a correction, is held; as it stood it closes that', async () => {
  await send('altered', fileOf(day(10, 1000, 50)))
  const report = await send('altered', fileOf(day(10, 1000, 60)))
  expect([report.outcome, await sumOf('altered')]).toEqual(['held', '1 entries, 50.00'])
  expect(await openOf('altered')).toMatchObject([
    { code: 'statement_altered', detail: 'Known: 1 entries, closing 1050.00. Sent now: 1 entries, closing 1060.00.' },
  ])
  await send('altered', fileOf(day(10, 1000, 50)))
  expect(await openOf('altered')).toEqual([])
})

test('a file that is held over an altered statement waits with all that is in it', async () => {
  await send('held-with', fileOf(day(10, 1000, 50)))
  const other = { ...day(11, 500, 20), account: 'DE89370400440532013000', id: 'OTHER' }
  await send('held-with', fileOf(day(10, 1000, 60), other), 'both.xml')
  const waits = [{ code: 'statement_altered' }]
  expect(await openOf('held-with')).toMatchObject(waits)
  await send('held-with', fileOf(day(10, 1000, 50)), 'as it stood.xml')
  expect(await openOf('held-with'), 'the other statement is nowhere').toMatchObject(waits)
  const whole = await send('held-with', fileOf(day(10, 1000, 50), other), 'both as they are.xml')
  expect(await openOf('held-with')).toEqual([])
  await rollbackRun(world.context, { runId: whole.runId, reason: 'sent in error', actor: ADMIN })
  expect(await openOf('held-with'), 'and it is nowhere again').toMatchObject(waits)
})

test('an entry that only the altered statement had is wanted no more once the bank says what holds', async () => {
  await send('one-more', fileOf(day(10, 1000, 50)))
  const two = {
    ...day(10, 1000, 60),
    entries: [...day(10, 1000, 50).entries, { amount: '10.00', reference: 'BR-X', booked: '2026-10-10' }],
  }
  await send('one-more', fileOf(two), 'altered.xml')
  expect(await openOf('one-more')).toMatchObject([{ code: 'statement_altered' }])
  await send('one-more', fileOf(day(10, 1000, 50)), 'as it stands.xml')
  expect(await openOf('one-more')).toEqual([])
})

test('one bank reference for two entries is told across files, and not of details that share the one of their entry', async () => {
  const shared = { ...day(11, 1050, 20), entries: [{ amount: '20.00', reference: 'BR-10', booked: '2026-10-11' }] }
  await send('reference', fileOf(day(10, 1000, 50)), 'a.xml')
  const report = await send('reference', fileOf(shared), 'b.xml')
  expect(await openOf('reference')).toEqual([
    {
      code: 'bank_reference_twice',
      title: 'The bank uses reference BR-10 of DE02100100100006820101 for two entries',
      detail: 'It stands in STMT-10, entry 1; STMT-11, entry 1',
    },
  ])
  await rollbackRun(world.context, { runId: report.runId, reason: 'sent in error', actor: ADMIN })
  expect(await openOf('reference')).toEqual([])
  const split = { ...day(10, 1000, 50), entries: [{ amount: '50.00', details: ['20.00', '30.00'], reference: 'X' }] }
  await send('split', fileOf(split).replace(/<AcctSvcrRef>X-\d<\/AcctSvcrRef>/g, ''))
  expect([await openOf('split'), await sumOf('split')]).toEqual([[], '2 entries, 50.00'])
})

test('BAI2: a test is refused', async () => {
  const report = await load(world.context, bankJob('bai2', 'test-file'), bai2File(4, ['16,142,100,Z,A,,'], 1100))
  expect([report.outcome, report.exceptions.map(({ code }) => code)]).toEqual(['failed', ['file_is_test']])
})

test('pending entries are kept with their statement and are no lines', async () => {
  const pending = { ...day(10, 1000, 50), entries: [...day(10, 1000, 50).entries, { amount: '-7.00', status: 'PDNG' }] }
  await send('pending', fileOf(pending))
  const [row] =
    await world.owner`select s.records, s.not_booked, s.not_booked_net::text as net from bank_statements s join systems y on y.system_id = s.system_id where y.code = 'pending'`
  expect(row).toEqual({ records: 1, not_booked: 1, net: '-7.00' })
})
