import { sql } from 'drizzle-orm'
import { readArtifactView } from '#server/services/reads/artifact-record.ts'
import { readLineDetail } from '#server/services/reads/line-detail.ts'
import { readLines, type LinesRequest } from '#server/services/reads/lines-view.ts'
import { CURRENCIES, openLedgerWorld, VERSIONS, type LedgerWorld } from './ledger-world.ts'
import { below, type Answer, type Size } from './question.ts'
import { readAlone } from './readers.ts'

const GOAL_MS = 100
const SCOPE = ['*']

/**
 * From a control total to its lines, page by page, and to the source record of one of them: each read as its screen makes it, of
 * other slices, pages and records each time, one reader.
 */
export async function* ask({ quick, rounds }: Size): AsyncGenerator<Answer> {
  const world = await openLedgerWorld(quick ? 300_000 : 10_000_000)
  const times = quick ? 12 : 12 * rounds
  try {
    const ids = await findIds(world)
    for (const [name, request] of Object.entries(lists(world, ids))) {
      const read = (nth: number) => readLines(world.context.db, request(nth), new Date())
      yield answer(`lines of ${name}`, world, await readAlone(times, read))
    }
    for (const [name, filter] of Object.entries(WITHOUT_INDEX)) {
      const found = await readAlone(3, (nth) =>
        readLines(world.context.db, { ...all(world), filter: { ...filter(nth), scope: SCOPE } }, new Date()),
      )
      yield { ...answer(`lines of ${name}`, world, found), goal: 'none: there is no index for it, see results.md', ok: true }
    }
    const line = (nth: number) =>
      readLineDetail(
        world.context.db,
        { lineId: ids.at(spread(nth)), publication: world.publications.newest, scope: SCOPE },
        new Date(),
      )
    for (const nth of [0, 1, 2]) {
      const { source } = await line(nth)
      if (!source.found) throw new Error(`a line has no source record: ${source.problem}`)
    }
    yield answer('a line beside its source record', world, await readAlone(times, line))
    const record = (share: (nth: number) => number) => (nth: number) =>
      readArtifactView(
        world.context.db,
        { artifactId: ids.artifactId, position: 2 + Math.floor(share(nth) * (world.lines - 1)), scope: SCOPE },
        new Date(),
      )
    yield answer('a source record anywhere in its file', world, await readAlone(times, record(spread)))
    yield answer(
      'the last source records of a file',
      world,
      await readAlone(
        times,
        record((nth) => 1 - nth / world.lines),
      ),
    )
  } finally {
    await world.close()
  }
}

/** Filters of the screen that no total opens. */
const WITHOUT_INDEX: Readonly<Record<string, (nth: number) => Omit<LinesRequest['filter'], 'scope'>>> = {
  'one account of everything': (nth) => ({ account: accountOf(nth) }),
  'one document of everything': (nth) => ({ document: `J${1_000_000 + Math.floor(spread(nth) * 200_000)}` }),
}

type Ids = { readonly artifactId: number; at(share: number): number }

const answer = (name: string, { lines }: LedgerWorld, times: Awaited<ReturnType<typeof readAlone>>): Answer => ({
  name: `drill: ${name}`,
  value: times.p95Ms,
  unit: 'ms',
  ...below(times.p95Ms, GOAL_MS),
  lines,
  ...times,
})

/** Every list a total opens: a slice, parts and more than a slice, at each end and in the middle. */
function lists(world: LedgerWorld, ids: Ids): Record<string, (nth: number) => LinesRequest> {
  const { first } = world.publications
  const page = (filter: Omit<LinesRequest['filter'], 'scope'>, more: Partial<LinesRequest> = {}): LinesRequest => ({
    ...all(world),
    filter: { ...filter, scope: SCOPE },
    ...more,
  })
  const slice = (nth: number) => ({
    entity: entityOf(nth),
    period: `2026-${String(1 + (nth % 12)).padStart(2, '0')}`,
    version: VERSIONS[nth % VERSIONS.length],
    currency: CURRENCIES[nth % CURRENCIES.length],
  })
  const deep = (nth: number) => ({ after: ids.at(0.9 * spread(nth)) })
  const last = { before: Number.MAX_SAFE_INTEGER }
  return {
    'a slice': (nth) => page(slice(nth)),
    'a slice, a page deep in it': (nth) => page(slice(nth), deep(nth)),
    'a slice, its last page': (nth) => page(slice(nth), last),
    'a slice as of an old publication': (nth) => page(slice(nth), { publication: first }),
    'a slice and account': (nth) => page({ ...slice(nth), account: accountOf(nth) }),
    'an entity and period': (nth) => page({ entity: entityOf(nth), period: slice(nth).period }),
    'an entity': (nth) => page({ entity: entityOf(nth) }, deep(nth)),
    'an entity, the last page': (nth) => page({ entity: entityOf(nth) }, last),
    everything: () => page({}),
    'everything, a page deep in it': (nth) => page({}, deep(nth)),
    'everything, the last page': () => page({}, last),
  }
}

const all = ({ publications }: LedgerWorld): LinesRequest => ({
  filter: { scope: SCOPE },
  publication: publications.newest,
  addUp: false,
})

const entityOf = (nth: number) => `DE${String(1 + ((nth * 5) % 12)).padStart(2, '0')}`
const accountOf = (nth: number) => String(4_000 + ((nth * 31) % 97))
/** Shares from 0 to 1, near ones far apart. */
const spread = (nth: number) => (nth * 0.618_033_988_7 + 0.37) % 1

async function findIds({ context, lines, publications }: LedgerWorld): Promise<Ids> {
  const [row] = await context.db.execute<{ firstLineId: number; artifactId: number }>(sql`
    select l.first_line_id as "firstLineId", a.artifact_id as "artifactId" from publications p join loads l on l.load_id = p.load_id
      join run_artifacts a on a.run_id = p.run_id where p.publication = ${publications.first}`)
  const { firstLineId, artifactId } = row!
  return { artifactId, at: (share) => Number(firstLineId) + Math.floor(share * (lines - 1)) }
}
