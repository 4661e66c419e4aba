import { readTotals, type TotalsRequest } from '#server/services/reads/totals-view.ts'
import { openLedgerWorld, type LedgerWorld } from './ledger-world.ts'
import { below, type Answer, type Size } from './question.ts'
import { readAlone, readTogether } from './readers.ts'

/** */
export async function* ask({ quick }: Size): AsyncGenerator<Answer> {
  const world = await openLedgerWorld(quick ? 1_000_000 : 10_000_000)
  try {
    const { first, newest } = world.publications
    for (const view of ['pivot', 'published'] as const)
      for (const [when, publication] of [['current', newest], ['as of an old publication', first]] as const) {
        const read = reader(world, view, publication)
        const isPast = publication !== newest
        const alone = await readAlone(quick ? 20 : 40, read)
        const together = await readTogether({ readers: 20, forMs: 5000, pace: 'at once' }, read)
        const paced = await readTogether({ readers: 20, forMs: 5000, pace: 'every second' }, read)
        yield { name: `totals ${view} ${when}`, value: paced.p95Ms, unit: 'ms', ...below(paced.p95Ms, isPast ? 300 : 100), alone, together, paced }
      }
  } finally {
    await world.close()
  }
}

const reader = (world: LedgerWorld, view: TotalsRequest['view'], publication: number) => () =>
  readTotals(
    world.context.db,
    { view, filter: { scope: ['*'] }, publication, isPast: publication !== world.publications.newest } as TotalsRequest,
    new Date(),
  )
