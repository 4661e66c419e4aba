import { expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { countRuns } from '#db/queries/run-filter.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob, TRAILER, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, importJob, keepFile, load, runUntilEnded, type JobInput } from '#db/testing/load.ts'
import { replayAll } from '#db/testing/replays.ts'
import { replayRun } from './replay-run.ts'
import { restartRun } from './restart-run.ts'
import { verify } from './verify.ts'

/** A replay or a restart says nothing of what came later than its input. */
const world = useDatabase()

const openOf = async ({ job }: JobInput) =>
  (await listExceptions(world.db, { job, scope: ['*'] }))
    .map((e) => `${e.subject.value ?? e.subject.measure} ${e.occurrences}`)
    .sort()
const toMend = async ({ job }: JobInput) => (await countRuns(world.db, { job, is: 'to_mend', scope: ['*'] })).held ?? 0
const replay = async (runId: number) => {
  const asked = { runId, rules: 'current', preview: false, overNewer: true, actor: ADMIN } as const
  return (await runUntilEnded(world.context, (await replayRun(world.context, asked)).runId)).outcome
}
const known = (code: string) => load(world.context, memberJob('cost_centre'), memberCsv(['code', 'name'], [[code, code]]))
const row = (id: string, cost_centre: string, debit = '1'): LedgerRow => ({ id, cost_centre, debit })

/** Monday A waits for a cost centre. Tuesday it waits again, and so does B, which had passed. Each load is held. */
async function twoDays(name: string) {
  const job = ledgerJob({
    job: name,
    system: { code: name, name, kind: 'erp' },
    onFailure: 'hold',
    rules: { members: ['cost_centre'] },
  })
  const [x, y] = [`X-${name}`, `Y-${name}`]
  await known('CC1')
  const monday = await load(world.context, job, ledgerCsv([row('A', x), row('B', 'CC1')]), 'monday.csv')
  const tuesday = await load(world.context, job, ledgerCsv([row('A', x), row('B', y, '7')]), 'tuesday.csv')
  expect(await openOf(job)).toEqual([`${x} 1`, `${y} 1`])
  return { job, monday, tuesday, x, y }
}

test('the replay of an older run leaves what a newer one found of the same records, and the replay of that one closes it', async () => {
  const { job, monday, tuesday, x, y } = await twoDays('replayed')
  await known(x)
  expect(await replay(monday.runId)).toBe('succeeded')
  expect(await openOf(job), 'neither A nor B as they came on Tuesday').toEqual([`${x} 1`, `${y} 1`])
  expect(await toMend(job)).toBe(1)
  await known(y)
  expect(await replay(tuesday.runId)).toBe('succeeded')
  expect(await openOf(job)).toEqual([])
  expect(await toMend(job)).toBe(0)
})

test('a replay that fails again does not count twice what a newer run found, and leaves it where it is', async () => {
  const { job, monday, x, y } = await twoDays('fails-again')
  expect(await replay(monday.runId)).toBe('held')
  expect(await openOf(job)).toEqual([`${x} 1`, `${y} 1`])
})

test('a replay of the newer run first leaves nothing of the older one', async () => {
  const { job, tuesday, x, y } = await twoDays('newer-first')
  await known(x)
  await known(y)
  expect(await replay(tuesday.runId)).toBe('succeeded')
  expect(await openOf(job)).toEqual([])
})

test('the replay of a held load among many leaves what a newer run found as well', async () => {
  const { job, monday, x, y } = await twoDays('in-bulk')
  // Waits in Monday's load alone, so that a replay selects it.
  const rows = [row('A', x), row('B', 'CC1'), row('C', x)]
  const wednesday = await load(world.context, job, ledgerCsv(rows), 'wednesday.csv')
  await load(world.context, job, ledgerCsv([row('B', y, '7')]), 'thursday.csv')
  await known(x)
  await replayAll(world.context, { asked: { run: wednesday.runId } })
  expect(monday.outcome).toBe('held')
  expect(await openOf(job)).toEqual([`${y} 1`])
})

test('neither does the restart of an older run close what a newer one could not prove', async () => {
  const name = 'restarted'
  const job = ledgerJob({
    job: name,
    system: { code: name, name, kind: 'erp' },
    format: { type: 'csv', trailer: TRAILER },
    extract: 'full',
  })
  await importJob(world.context, job)
  const older = await keepFile(world.context, name, ledgerCsv([row('A', 'CC1')], [1, 1, 1, 0]))
  await world.owner`update runs set status = 'failed', extracted_at = now() where run_id = ${older}`
  await load(world.context, job, ledgerCsv([row('A', 'CC1')], [2, 1, 1, 0]), 'newer.csv')
  expect(await openOf(job)).toEqual(['records 1'])
  await restartRun(world.context, { runId: older, actor: ADMIN })
  expect((await runUntilEnded(world.context, older)).outcome).toBe('succeeded')
  expect(await openOf(job)).toEqual(['records 1'])
  await load(world.context, job, ledgerCsv([row('A', 'CC1'), row('B', 'CC1')], [2, 2, 2, 0]), 'whole.csv')
  expect(await openOf(job)).toEqual([])
})

test('after all that the books are sound', async () => {
  expect((await verify(world.context)).checks.filter((check) => check.differences.length > 0)).toEqual([])
})
