import type { Database } from '#db/client.ts'
import {
  listHeld,
  listWaitingRejected,
  type HeldSlice,
  type Measure,
  type WaitingSlice,
  listTotalChoices,
} from '#db/queries/total-screens.ts'
import { seenNow } from '#db/queries/seen-now.ts'
import { listPublishedTotals, type TotalsFilter } from '#db/queries/totals.ts'
import type { Certainty } from '#server/domain/certainty.ts'
import { Refusal } from '#server/domain/errors.ts'
import { subtractDecimals } from '#server/domain/money.ts'
import { pivotOf, type Pivot, type PivotLeaf, type PivotShape } from '#server/domain/pivot.ts'
import type { ObjectType } from '#server/domain/record.ts'
import type { ControlTotal } from '#server/domain/run.ts'
import { KeptReads } from '#server/platform/kept-reads.ts'
import { readCertainty } from './certainty.ts'
import { readNames } from './member-names.ts'
import { readCheckpoints, readPivotLeaves, trendOf, type CheckpointSlice, type Trend } from './pivot-leaves.ts'

export type SliceKey = {
  readonly system: string
  readonly objectType: ObjectType
  readonly entity: string
  readonly period: string
  readonly version: string
  readonly currency: string
}

/** What is published of a slice, and what is not: null where nothing is published or nothing waits. */
export type PublishedSlice = SliceKey & {
  readonly total: Pick<ControlTotal, 'count' | 'debit' | 'credit' | 'net'> | null
  readonly rejected: Pick<WaitingSlice, 'records' | 'debit' | 'credit' | 'onlyRunId'> | null
  readonly held: readonly Pick<HeldSlice, 'runId' | 'records' | 'debit' | 'credit'>[]
}
export type { CheckpointSlice, Trend }
type Figures = { readonly records: string; readonly debit: string; readonly credit: string; readonly net: string }
/** before and after are null where nothing was published at that point. difference: after minus before. */
export type ChangedSlice = SliceKey & {
  readonly before: Figures | null
  readonly after: Figures | null
  readonly difference: Figures
}

/** Whether somebody answers for the figures, as of the publication that is looked at. */
type Certain<S> = S & { readonly certainty: Certainty }

type Frame = {
  readonly entityNames: Readonly<Record<string, string | null>>
  readonly choices: {
    readonly currencies: readonly string[]
    readonly objectTypes: readonly ObjectType[]
    readonly systems: readonly string[]
  }
  readonly computedAt: string
}
export type TotalsView = Frame &
  (
    | { readonly view: 'pivot'; readonly measure: Measure; readonly pivot: Pivot; readonly slices: readonly PivotLeaf[] }
    | { readonly view: 'periods'; readonly measure: Measure; readonly trend: Trend; readonly slices: readonly PivotLeaf[] }
    | { readonly view: 'published'; readonly slices: readonly Certain<PublishedSlice>[] }
    | { readonly view: 'checkpoints'; readonly measure: Measure; readonly slices: readonly Certain<CheckpointSlice>[] }
    | {
        readonly view: 'changes'
        readonly measure: Measure | null
        readonly since: number
        readonly slices: readonly Certain<ChangedSlice>[]
      }
  )

export type TotalsRequest = {
  readonly view: TotalsView['view']
  /** Without one: records at the checkpoints, all of them for changes. */
  readonly measure?: Measure | undefined
  /** The earlier publication of the view of changes; without it the one before. */
  readonly since?: number | undefined
  readonly filter: TotalsFilter
  readonly publication: number
  readonly isPast: boolean
  /** What the pivot is made of; left out: entities, their periods, and the checkpoints. */
  readonly shape?: PivotShape | undefined
}

/**
 * Control totals as of a publication. Throws Refusal (publication_not_found) when `since` is later than that. An answer is given
 * again while nothing at all was written, and those who ask for the same at the same time share one reading: of 1,728 slices it
 * takes both a processor of the database and one of Node.
 */
export async function readTotals(db: Database, request: TotalsRequest, now: Date): Promise<TotalsView> {
  const kept = KEPT.get(db) ?? new KeptReads<TotalsView>(() => seenNow(db))
  KEPT.set(db, kept)
  const view = await kept.read(JSON.stringify(request), () => readTotalsAnew(db, request, now))
  return { ...view, computedAt: now.toISOString() }
}

const KEPT = new WeakMap<Database, KeptReads<TotalsView>>()

/** The reading itself, shared with nobody. */
export async function readTotalsAnew(db: Database, request: TotalsRequest, now: Date): Promise<TotalsView> {
  const [slices, choices] = await Promise.all([
    readSlices(db, request),
    listTotalChoices(db, request.filter.scope, request.publication),
  ])
  const entities = [...new Set(slices.slices.map(({ entity }) => entity))]
  const nameOf = await readNames(db, 'entity', entities, { publication: request.publication, scope: request.filter.scope })
  return {
    ...slices,
    entityNames: Object.fromEntries(entities.map((entity) => [entity, nameOf(entity)])),
    choices,
    computedAt: now.toISOString(),
  }
}

const BY_ENTITY: PivotShape = { by: 'entity', below: 'period', across: null }

type Slices<V = TotalsView> = V extends TotalsView ? Omit<V, keyof Frame> : never

async function readSlices(db: Database, request: TotalsRequest): Promise<Slices> {
  const { view, measure, since, filter, publication, isPast } = request
  const certainty = await readCertainty(db, filter, publication)
  const certain = <S extends SliceKey>(slices: readonly S[]): Certain<S>[] =>
    slices.map((slice) => ({ ...slice, certainty: certainty(slice) }))
  if (view === 'pivot' || view === 'periods') {
    const leaves = (await readPivotLeaves(db, request)).map((leaf) => ({ ...leaf, certainty: certainty(leaf) }))
    const of = measure ?? 'debit'
    if (view === 'periods') return { view, measure: of, ...trendOf(leaves) }
    return { view, measure: of, pivot: pivotOf(leaves, request.shape ?? BY_ENTITY), slices: leaves }
  }
  const asOf = isPast ? publication : undefined
  if (view === 'checkpoints') {
    const slices = await readCheckpoints(db, filter, measure ?? 'records', { publication, isPast })
    return {
      view,
      measure: measure ?? 'records',
      slices: certain(inOrder(slices, (row) => row.waiting > 0 || row.status === 'held')),
    }
  }
  if (view === 'changes') {
    const earlier = since ?? Math.max(publication - 1, 0)
    if (earlier > publication)
      throw new Refusal('publication_not_found', `changes are counted from an earlier publication than ${publication}`)
    const [before, after] = await Promise.all([
      listPublishedTotals(db, filter, earlier),
      listPublishedTotals(db, filter, publication),
    ])
    return { view, measure: measure ?? null, since: earlier, slices: certain(inOrder(changes(before, after), () => false)) }
  }
  const [totals, rejected, held] = await Promise.all([
    listPublishedTotals(db, filter, publication),
    listWaitingRejected(db, filter, asOf),
    // What was held at a moment in the past is not kept apart from what is held now.
    isPast ? [] : listHeld(db, filter),
  ])
  return {
    view: 'published',
    slices: certain(inOrder(joined(totals, rejected, held), (slice) => slice.rejected !== null || slice.held.length > 0)),
  }
}

function joined(
  totals: readonly ControlTotal[],
  rejected: readonly WaitingSlice[],
  held: readonly HeldSlice[],
): PublishedSlice[] {
  const slices = new Map<string, PublishedSlice>()
  const put = (of: SliceKey & { system?: string }, more: (slice: PublishedSlice) => Partial<PublishedSlice>) => {
    const { system, objectType, entity, period, version, currency } = of
    const key = keyOf(of)
    const slice = slices.get(key) ?? {
      system,
      objectType,
      entity,
      period,
      version,
      currency,
      total: null,
      rejected: null,
      held: [],
    }
    slices.set(key, { ...slice, ...more(slice) })
  }
  for (const { count, debit, credit, net, ...key } of totals)
    put(key as SliceKey, () => ({ total: { count, debit, credit, net } }))
  for (const { records, debit, credit, onlyRunId, ...key } of rejected)
    put(key, () => ({ rejected: { records, debit, credit, onlyRunId } }))
  for (const { runId, records, debit, credit, ...key } of held)
    put(key, (slice) => ({ held: [...slice.held, { runId, records, debit, credit }] }))
  return [...slices.values()]
}

function changes(before: readonly ControlTotal[], after: readonly ControlTotal[]): ChangedSlice[] {
  const earlier = new Map(before.map((total) => [keyOf(total), total]))
  const later = new Map(after.map((total) => [keyOf(total), total]))
  return [...new Set([...earlier.keys(), ...later.keys()])].flatMap((key) => {
    const [was, is] = [earlier.get(key), later.get(key)]
    const isSame = was && is && was.count === is.count && was.debit === is.debit && was.credit === is.credit
    if (isSame) return []
    const { system, objectType, entity, period, version, currency } = (is ?? was)! as SliceKey
    const [b, a] = [was ? figuresOf(was) : null, is ? figuresOf(is) : null]
    const difference = (measure: Measure) => subtractDecimals(a?.[measure] ?? '0', b?.[measure] ?? '0')
    return [
      {
        system,
        objectType,
        entity,
        period,
        version,
        currency,
        before: b,
        after: a,
        difference: {
          records: difference('records'),
          debit: difference('debit'),
          credit: difference('credit'),
          net: difference('net'),
        },
      },
    ]
  })
}

const figuresOf = ({ count, debit, credit, net }: ControlTotal): Figures => ({ records: `${count}`, debit, credit, net })

/** Entities with something to act on first, and within each the slices with something to act on first. */
function inOrder<S extends SliceKey>(slices: readonly S[], mustAct: (slice: S) => boolean): S[] {
  const urgent = new Set(slices.filter(mustAct).map(({ entity }) => entity))
  const rank = (slice: S) => [
    urgent.has(slice.entity) ? '0' : '1',
    slice.entity,
    mustAct(slice) ? '0' : '1',
    slice.period,
    slice.version,
    slice.currency,
    slice.objectType,
    slice.system,
  ]
  return [...slices]
    .map((slice) => ({ slice, by: rank(slice).join('\u0000') }))
    .sort((a, b) => (a.by < b.by ? -1 : a.by > b.by ? 1 : 0))
    .map(({ slice }) => slice)
}

const keyOf = ({
  system,
  objectType,
  entity,
  period,
  version,
  currency,
}: Omit<SliceKey, 'system'> & { system?: string }): string =>
  JSON.stringify([system, objectType, entity, period, version, currency])
