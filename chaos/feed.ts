import { setTimeout as sleep } from 'node:timers/promises'
import { bytesOf, ADMIN } from '#db/testing/load.ts'
import { loadFile } from '#server/services/load-file.ts'
import { restartRun } from '#server/services/restart-run.ts'
import { executeRun } from '#server/services/execute-run.ts'
import type { Random } from '#db/seed/world/random.ts'
import type { Tally } from './compare.ts'
import { csvOf, type Source } from './source.ts'
import { openWorker, type Tower } from './tower.ts'

export type Handed = { readonly source: Source; readonly name: string; readonly text: string }

/** Lines enough that the load becomes a segment of its own. */
const LARGE = 50_400
const LONG_SILENCE_MS = 180_000
const ROOM_MS_MAX = 600_000

/** So many deliveries in the order in which they are handed over: many small, some of thousands of lines, `large` of 50,000. */
export function deliveriesOf(random: Random, sources: readonly Source[], count: number, large: number): Handed[] {
  const last = sources.at(-1)!
  const everyLarge = large > 0 ? Math.floor(count / large) : count + 1
  return Array.from({ length: count }, (_, i) => {
    const isLarge = i % everyLarge === Math.floor(everyLarge / 2) && i / everyLarge < large
    const source = isLarge ? last : random.pick(sources)
    const lines = isLarge ? LARGE : random.whole(0, 12) === 0 ? random.whole(1_000, 6_000) : random.whole(2, 160)
    return { source, name: `${source.name}-${i}.csv`, text: csvOf(source.next(lines)) }
  })
}

/**
 * Hands a delivery over twice. Whoever hands it over waits for the answer and asks again under the same key when there was
 * none: the database may be away.
 */
export async function handOverTwice({ context }: Tower, { source, name, text }: Handed): Promise<number[]> {
  const runs: number[] = []
  for (const copy of ['first', 'second']) {
    const again = () =>
      loadFile(context, { job: source.name, name, bytes: bytesOf(text), actor: ADMIN, idempotencyKey: `${name} ${copy}` })
    runs.push((await insisting(again)).runId)
  }
  return runs
}

/** Until it is answered; what is refused on purpose is not asked again for ever. */
export async function insisting<T>(work: () => Promise<T>, msMax = 120_000): Promise<T> {
  for (const until = Date.now() + msMax; ; await sleep(200)) {
    try {
      return await work()
    } catch (error) {
      if (Date.now() > until) throw error
    }
  }
}

/** The same deliveries, each once and one after the other, with nobody disturbing. */
export async function loadCalmly(tower: Tower, deliveries: readonly Handed[]): Promise<void> {
  const worker = await openWorker(tower.appUrl)
  for (const { source, name, text } of deliveries) {
    const { runId } = await loadFile(worker.context, { job: source.name, name, bytes: bytesOf(text), actor: ADMIN })
    const status = await executeRun(worker.context, runId)
    if (status !== 'succeeded') throw new Error(`undisturbed, ${name} ended ${status}`)
  }
  await worker.close()
}

export const countActive = async ({ owner }: Tower): Promise<number> => {
  const [row] = await owner<
    { n: number }[]
  >`select count(*)::int as n from runs where status in ('queued', 'running', 'waiting', 'blocked')`
  return row!.n
}

/** Until so few wait that another may be handed over. */
export async function untilRoom(tower: Tower, waitingMax: number): Promise<void> {
  for (const until = Date.now() + ROOM_MS_MAX; (await insisting(() => countActive(tower))) > waitingMax; await sleep(50))
    if (Date.now() > until) throw new Error('nothing got through for ten minutes')
}

/**
 * Waits until every run has ended. A run that used up its attempts is restarted, as a person would; one that does not move for
 * three minutes never will, and is found by `inspect`. Returns how many were restarted.
 */
export async function untilEnded(tower: Tower, tally: Tally): Promise<number> {
  let restarted = 0
  let before = ''
  for (let quietSince = Date.now(); Date.now() - quietSince < LONG_SILENCE_MS; await sleep(100)) {
    const state = await insisting(() => look(tower))
    if (state.failed.length > 0) {
      for (const runId of state.failed)
        await insisting(() => restartRun(tower.context, { runId, actor: ADMIN, reason: 'the machine is up again' }))
      restarted += state.failed.length
      continue
    }
    if (state.active === 0) return restarted
    if (state.words !== before) quietSince = Date.now()
    before = state.words
  }
  tally.say('nothing moved for three minutes')
  return restarted
}

async function look({ owner }: Tower) {
  const [row] = await owner<{ active: number; words: string }[]>`
    select count(*) filter (where status in ('queued', 'running', 'waiting', 'blocked'))::int as active, string_agg(run_id || status || attempt, ' ' order by run_id) filter (where status not in ('succeeded')) as words from runs`
  const failed = await owner<{ run_id: number }[]>`select run_id from runs where status = 'failed'`
  return { active: row!.active, words: row!.words ?? '', failed: failed.map(({ run_id }) => run_id) }
}
