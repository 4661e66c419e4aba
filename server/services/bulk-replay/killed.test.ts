import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { countResults, findBulkReplay } from '#db/queries/bulk-replays.ts'
import { listExceptions } from '#db/queries/exceptions.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows, memberCsv, memberJob } from '#db/testing/ledger.ts'
import { ADMIN, importJob, load } from '#db/testing/load.ts'
import { orphanPlaces } from '#db/testing/published.ts'
import { rehearse, resultsOf } from '#db/testing/replays.ts'
import { verify } from '../verify.ts'
import { startBulkReplay } from './start-bulk-replay.ts'

const world = useDatabase()
const SCRIPT = join(import.meta.dirname, '../../../db/testing/replay-child.ts')
const KILLS = 3
const LOADS = 6
const JOB = ledgerJob({
  job: 'killed',
  rules: { members: ['cost_centre'], balanced: true },
  onFailure: 'quarantine',
  retry: { attempts: 20, baseMs: 10, maxMs: 20 },
})

beforeAll(async () => {
  await load(world.context, memberJob('cost_centre'), memberCsv(['code', 'name'], [['CC1', 'Bakery']]))
})

/** Carries it on in a process of its own. Killed so many milliseconds after it began; null: left alone. Returns whether it was. */
async function carryOnInChild(bulkReplayId: number, killAfterMs: number | null): Promise<boolean> {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, world.appUrl, String(bulkReplayId)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  if (killAfterMs !== null) {
    await sleep(killAfterMs)
    child.kill('SIGKILL')
  }
  const [code] = await ended
  return code === null
}

test('kill -9 in mid-bulk, again and again: resumed, every record has one result, and the five sum to the selection', async () => {
  for (let n = 0; n < LOADS; n++) {
    const code = n % 2 === 0 ? 'CC-FIXED' : 'CC-UNKNOWN'
    const rows = [...ledgerRows(2, { prefix: `F${n}-` }), ...ledgerRows(40, { prefix: `W${n}-`, cost_centre: code })]
    await load(world.context, JOB, ledgerCsv(rows), `file-${n}.csv`)
  }
  await importJob(world.context, { ...JOB, mapping: { ...JOB.mapping, codes: { cost_centre: { 'CC-FIXED': 'CC1' } } } })
  const id = await rehearse(world.context, { asked: { job: JOB.job } })
  await startBulkReplay(world.context, { bulkReplayId: id, reason: 'for a test', actor: ADMIN })
  let kills = 0
  while (kills < KILLS && (await carryOnInChild(id, randomInt(150, 900)))) kills++
  await carryOnInChild(id, null)

  expect(kills).toBeGreaterThan(0)
  expect(await findBulkReplay(world.db, id)).toMatchObject({ status: 'ended' })
  const half = (LOADS / 2) * 40
  expect(await countResults(world.db, id, 'result')).toEqual({
    fixed: half,
    still_failing: half,
    failing_differently: 0,
    skipped: 0,
    not_allowed: 0,
    open: 0,
  })
  for (const record of await resultsOf(world.context, id)) expect(record.result).toBe(record.rehearsed)
  const runs = await world.owner`select origin_run_id from runs where bulk_replay_id = ${id} and not is_preview`
  expect(runs).toHaveLength(LOADS)
  expect(new Set(runs.map((run) => run.origin_run_id)).size).toBe(LOADS)
  const [lines] =
    await world.owner`select count(*)::int as n, count(distinct source_key)::int as keys from lines where superseded_at_pub is null`
  expect(lines).toEqual({ n: LOADS * 2 + half, keys: LOADS * 2 + half })
  expect(await listExceptions(world.db, { job: JOB.job, scope: ['*'] })).toMatchObject([
    { code: 'code_unmapped', occurrences: half },
  ])
  expect(await orphanPlaces(world.db)).toEqual([])
  expect((await verify(world.context)).checks.filter((check) => check.differences.length > 0)).toEqual([])
}, 300_000)
