import { sql } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { raiseException } from '#db/load/exceptions.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerJob } from '#db/testing/ledger.ts'
import { importJob } from '#db/testing/load.ts'
import { addActors } from '#db/testing/people.ts'
import { CARL, FIONA } from '#db/testing/reconciled.ts'
import { decideEnding } from './decide-ending.ts'
import { proposeEnding } from './propose-ending.ts'
import { reviveExceptions } from './revive-exceptions.ts'

/** Ended outside, and seen again: what no record waits behind is taken up again. */
const world = useDatabase()
beforeAll(async () => {
  await addActors(world, FIONA, CARL)
  await importJob(world.context, ledgerJob())
})

let failures = 0
async function aFailure() {
  const [{ jobId }] = await world.owner<[{ jobId: number }]>`select job_id as "jobId" from jobs where name = 'ledger'`
  const code = `failure_${++failures}`
  const of = { fingerprint: code, failureClass: 'control', code, subject: {}, title: code, detail: '' } as const
  const raise = (tx: Parameters<typeof raiseException>[0]) =>
    raiseException(tx, { runId: null, jobId }, { ...of, entities: [], slices: [] })
  return { exceptionId: await world.db.transaction(raise), raise }
}

async function end(...exceptions: readonly { exceptionId: number }[]) {
  const why = { ending: 'done_outside', reason: 'It was settled by hand there' } as const
  await proposeEnding(world.context, { exceptions, ...why, actor: FIONA })
  const { results } = await decideEnding(world.context, { exceptions, decision: 'approved', actor: CARL })
  expect(results.map(({ outcome }) => outcome)).toEqual(exceptions.map(() => 'done'))
}

test('seen while it is decided counts by when it was seen, not by when its run began to end', async () => {
  const { exceptionId, raise } = await aFailure()
  await world.db.transaction(async (tx) => {
    await tx.execute(sql`select now()`)
    await end({ exceptionId })
    expect(await reviveExceptions(world.context), 'nobody saw it since').toBe(0)
    await raise(tx)
  })
  expect(await reviveExceptions(world.context)).toBe(1)
  expect(await reviveExceptions(world.context)).toBe(0)
})

test('more than are acted on at once are taken up turn by turn', async () => {
  const both = [await aFailure(), await aFailure()]
  await end(...both.map(({ exceptionId }) => ({ exceptionId })))
  for (const { raise } of both) await world.db.transaction(raise)
  const turn = () => reviveExceptions(world.context, 1)
  expect([await turn(), await turn(), await turn()]).toEqual([1, 1, 0])
})
