import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { memberCsv, memberJob } from '#db/testing/ledger.ts'
import { ADMIN, importJob, load, runUntilEnded, type JobInput } from '#db/testing/load.ts'
import { rehearse, replayAll, resultsOf } from '#db/testing/replays.ts'
import { BAI2_SAMPLE, camtFile, MT940_SAMPLE, type CamtStatement } from '#server/formats/testing/bank-samples.ts'
import { replayRun } from './replay-run.ts'
import { rollbackRun } from './rollback/rollback-run.ts'
import { verify } from './verify.ts'

const world = useDatabase()

const bankJob = (format: 'camt053' | 'mt940' | 'bai2', code: string): JobInput => ({
  job: code,
  title: 'Statements',
  owner: 'treasury',
  system: { code, name: `Bank ${code}`, kind: 'bank' },
  source: { type: 'file' },
  format: { type: format },
  objectType: 'journal_line',
  mapping: {
    fields: {
      entity: { value: 'TI01' },
      posted_on: 'booking_date',
      effective_on: 'value_date',
      document: 'bank_reference',
      description: 'remittance',
    },
  },
  retry: { attempts: 2, baseMs: 10, maxMs: 20 },
  // What a bank states holds the load whatever the job says.
  onFailure: 'quarantine',
})

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
const sumOf = async (code: string) => {
  const [row] = await world.owner`
    select count(*)::int as n, coalesce(sum(l.debit - l.credit), 0)::text as net from lines l join systems s on s.system_id = l.system_id
    where s.code = ${code} and l.superseded_at_pub is null`
  return `${row!.n} entries, ${row!.net}`
}
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

const bai2File = (status: number, records: readonly string[], closing: number) => {
  const total = 1000 + closing + records.reduce((sum, record) => sum + Number(record.split(',')[2]), 0)
  const n = records.length
  return `01,B,T,261031,,1,,,2/\n02,T,B,${status},261031,,USD,2/\n03,7,USD,010,1000,,,015,${closing},,/\n${records.join('\n')}\n49,${total},${n + 2}/\n98,${total},1,${n + 4}/\n99,${total},1,${n + 6}/\n`
}

test('BAI2: a correction takes the place of what was sent before, a deletion leaves nothing; a rollback brings it back', async () => {
  const job = bankJob('bai2', 'correction')
  await load(world.context, job, bai2File(1, ['16,142,100,Z,A,,', '16,142,200,Z,B,,', '16,475,50,Z,C,,'], 1250), 'sent.bai')
  expect(await sumOf('correction')).toBe('3 entries, 2.50')
  const corrected = await load(world.context, job, bai2File(3, ['16,142,100,Z,A,,', '16,142,300,Z,B,,'], 1400), 'corrected.bai')
  expect([corrected.outcome, corrected.lines.changed, corrected.lines.removed, await sumOf('correction')]).toEqual([
    'succeeded',
    1,
    1,
    '2 entries, 4.00',
  ])
  const deleted = await load(world.context, job, bai2File(2, ['16,142,100,Z,A,,', '16,142,300,Z,B,,'], 1400), 'deleted.bai')
  expect([deleted.outcome, await sumOf('correction')]).toEqual(['succeeded', '0 entries, 0'])
  await rollbackRun(world.context, { runId: deleted.runId, reason: 'deleted in error', actor: ADMIN })
  expect(await sumOf('correction')).toBe('2 entries, 4.00')
  await rollbackRun(world.context, { runId: corrected.runId, reason: 'was right before', actor: ADMIN }).catch(() => undefined)
  const totals =
    await world.owner`select sum(count)::int as n from slice_totals t join systems s on s.system_id = t.system_id where s.code = 'correction' and t.superseded_at_pub is null`
  expect(`${totals[0]!.n} entries`).toBe((await sumOf('correction')).split(',')[0])
})

/** Of a job whose mapping can change: what stands is sent, and then brought again or back by others than its run. */
const SENT = bai2File(1, ['16,142,100,Z,A,,', '16,142,200,Z,B,,', '16,475,50,Z,C,,'], 1250)
const mappedBy = (code: string, description: string) => {
  const job = bankJob('bai2', code)
  return { ...job, mapping: { fields: { ...job.mapping?.fields, description } } }
}
const replay = async (runId: number) => {
  const made = await replayRun(world.context, { runId, rules: 'current', preview: false, actor: ADMIN })
  return runUntilEnded(world.context, made.runId)
}
const back = (runId: number) => rollbackRun(world.context, { runId, reason: 'for a test', actor: ADMIN })

test.each<[string, (code: string, runId: number) => Promise<unknown>]>([
  ['a replay', (_, runId) => replay(runId)],
  ['a rollback of a replay', async (_, runId) => back((await replay(runId)).runId)],
  ['a rollback of a rollback of a replay', async (_, runId) => back((await back((await replay(runId)).runId)).runId)],
  [
    'the same statement in another file',
    (code) => load(world.context, mappedBy(code, 'bank_reference'), `${SENT}\n`, 'again.bai'),
  ],
  [
    'a rollback of the same statement in another file',
    async (code) => back((await load(world.context, mappedBy(code, 'bank_reference'), `${SENT}\n`, 'again.bai')).runId),
  ],
])('BAI2: what %s brought goes with a correction, and with a deletion; a rollback brings it back', async (name, bring) => {
  const code = name.replaceAll(' ', '-')
  const { runId } = await load(world.context, mappedBy(code, 'remittance'), SENT, 'sent.bai')
  const job = mappedBy(code, 'bank_reference')
  await importJob(world.context, job)
  const [before] = await world.owner`select max(publication)::int as publication from publications`
  await bring(code, runId)
  const [after] = await world.owner`select max(publication)::int as publication from publications`
  expect([after!.publication > before!.publication, await sumOf(code)]).toEqual([true, '3 entries, 2.50'])

  const corrected = await load(world.context, job, bai2File(3, ['16,142,100,Z,A,,', '16,142,300,Z,B,,'], 1400), 'corrected.bai')
  expect([corrected.lines.removed, await sumOf(code)]).toEqual([1, '2 entries, 4.00'])
  await back(corrected.runId)
  expect(await sumOf(code)).toBe('3 entries, 2.50')
  const deleted = await load(world.context, job, bai2File(2, ['16,142,100,Z,A,,'], 1100), 'deleted.bai')
  expect([deleted.lines.removed, await sumOf(code)]).toEqual([3, '0 entries, 0'])
  expect((await verify(world.context)).checks.filter((check) => check.differences.length > 0)).toEqual([])
})

/** A job of which entries wait whose reference is no cost centre yet: those of each test end in its code. */
const waiting = (code: string, onFailure: 'quarantine' | 'hold' = 'quarantine') => {
  const plain = bankJob('bai2', code)
  const fields = { ...plain.mapping?.fields, cost_centre: 'bank_reference' }
  const job: JobInput = { ...plain, onFailure, mapping: { fields }, rules: { members: ['cost_centre'] } }
  const entry = (type: number, cents: number, reference: string) => `16,${type},${cents},Z,${reference}-${code},,`
  const [a, b, c] = [entry(142, 100, 'A'), entry(142, 200, 'B'), entry(475, 50, 'C')]
  return {
    send: () => load(world.context, job, bai2File(1, [a!, b!, c!], 1250), 'sent.bai'),
    correct: (reference = 'B') => load(world.context, job, bai2File(3, [a!, entry(142, 300, reference)], 1400), 'corrected.bai'),
    know: (...references: string[]) => {
      const members = memberCsv(
        ['code', 'name'],
        references.map((one) => [`${one}-${code}`, one]),
      )
      return load(world.context, memberJob('cost_centre'), members, `${references.length}-${code}.csv`)
    },
  }
}

test.each([false, true])(
  'BAI2: an entry that waited and was replayed alone goes with a correction, also where its statement had been rolled back: %s',
  async (isBack) => {
    const code = `waited-${isBack}`
    const { send, correct, know } = waiting(code)
    await know('A', 'B')
    const sent = await send()
    expect([sent.lines.rejected, await sumOf(code)]).toEqual([1, '2 entries, 3.00'])
    await know('A', 'B', 'C')
    await replayAll(world.context, { asked: { run: sent.runId } })
    if (isBack) await back(sent.runId)
    expect(await sumOf(code)).toBe(isBack ? '1 entries, -0.50' : '3 entries, 2.50')
    await correct()
    expect(await sumOf(code)).toBe('2 entries, 4.00')
  },
)

test('BAI2: an entry that waits is overtaken while a correction of its statement stands', async () => {
  const { send, correct, know } = waiting('overtaken')
  await know('A', 'B')
  const sent = await send()
  const corrected = await correct()
  await know('A', 'B', 'C')
  const rehearsed = async () => {
    const id = await rehearse(world.context, { asked: { run: sent.runId } })
    return (await resultsOf(world.context, id)).map((one) => [one.rehearsed, one.rehearsedWhy])
  }
  expect(await rehearsed()).toEqual([['skipped', `overtaken ${corrected.publication}`]])
  await back(corrected.runId)
  expect(await rehearsed()).toEqual([['fixed', null]])
})

test('BAI2: the rehearsal of a correction that was held counts what it leaves out', async () => {
  const { send, correct, know } = waiting('rehearsed', 'hold')
  await know('A', 'B', 'C')
  await send()
  const held = await correct('D')
  expect([held.outcome, await sumOf('rehearsed')]).toEqual(['held', '3 entries, 2.50'])
  await know('A', 'B', 'C', 'D')
  const asked = { run: held.runId }
  const id = await rehearse(world.context, { asked })
  const totals = await world.owner`
    select sum(count)::int as n, sum(debit)::text as debit, sum(credit)::text as credit from rehearsed_totals where bulk_replay_id = ${id}`
  expect(totals).toEqual([{ n: -1, debit: '1.00', credit: '-0.50' }])
  await replayAll(world.context, { asked })
  expect(await sumOf('rehearsed')).toBe('2 entries, 4.00')
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
