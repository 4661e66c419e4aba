import { expect, test } from 'vitest'
import { bai2File, bankJob, sumOfEntries } from '#db/testing/bank.ts'
import { useDatabase } from '#db/testing/database.ts'
import { memberCsv, memberJob } from '#db/testing/ledger.ts'
import { ADMIN, importJob, load, runUntilEnded, type JobInput } from '#db/testing/load.ts'
import { rehearse, replayAll, resultsOf } from '#db/testing/replays.ts'
import { replayRun } from './replay-run.ts'
import { rollbackRun } from './rollback/rollback-run.ts'
import { verify } from './verify.ts'

const world = useDatabase()
const sumOf = (code: string) => sumOfEntries(world.owner, code)

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
