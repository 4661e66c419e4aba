import {
  countItems,
  listDeliveryEntities,
  listItemLines,
  listItemsAfter,
  markAll,
  type Item,
  type ItemLine,
} from '#db/queries/delivery-items.ts'
import type { SliceTotal } from '#db/queries/delivery-totals.ts'
import { NotPlaced, type FileTarget, type PlacedFile } from '#server/connectors/target.ts'
import { TechnicalError } from '#server/domain/errors.ts'
import { deliveryConflictDraft } from '#server/domain/delivery-exception.ts'
import { isZeroDecimal, subtractDecimals, sumDecimals } from '#server/domain/money.ts'
import { csv, csvSettings } from '#server/formats/csv.ts'
import { onceAnswered } from '../once-answered.ts'
import { StoppedDelivery, type Carried } from './carried.ts'

const COLUMNS = [
  'operation',
  'key',
  'entity',
  'period',
  'version',
  'currency',
  'account',
  'cost_centre',
  'project',
  'counterparty',
  'accounting_status',
  'effective_on',
  'posted_on',
  'debit',
  'credit',
  'description',
] as const
const TRAILER = { match: 'TRAILER', fields: { records: 2, documents: 3, debit: 4, credit: 5 } } as const
const PAGE_ITEMS = 500

/** Named by its publication: it is that publication, and its bytes are the same whenever they are written. */
export const fileNameOf = ({ found, delivery }: Carried): string => `${found.job}-publication-${delivery.publication}.csv`

/**
 * One file, whole or not at all, and once: from the moment it may have appeared it is looked for and never placed again, since whoever
 * takes it from the folder would have it twice. A person who knows that nobody has it says so with the retry.
 */
export async function sendFile(carried: Carried, target: FileTarget<unknown>): Promise<void> {
  const { delivery, request, facts } = carried
  const name = fileNameOf(carried)
  const { unknown = 0, sent = 0, confirmed = 0 } = await countItems(carried.context.db, delivery.deliveryId)
  const mayHaveAppeared = unknown + sent + confirmed > 0
  const outcome = mayHaveAppeared
    ? await target.find(request, name, bytesOf(carried))
    : (await place(carried, target, name)).outcome
  await carried.writeCalls()
  // Another one stood there: nobody has seen anything of ours.
  if (outcome === 'differs' && !mayHaveAppeared) await takeBack(carried)
  if (outcome === 'gone') throw new TechnicalError('target_file_gone', name)
  const entities = await listDeliveryEntities(carried.context.db, delivery.deliveryId)
  if (outcome === 'differs')
    throw new StoppedDelivery('failed', deliveryConflictDraft(facts, `${name} is there with other content`, { entities }))
  await carried.own((tx) => markAll(tx, delivery.deliveryId, ['pending', 'unknown'], { state: 'sent', reference: name }))
}

async function place(carried: Carried, target: FileTarget<unknown>, name: string): Promise<PlacedFile> {
  const { context, delivery, request } = carried
  let mayAppear = false
  try {
    return await target.place(request, name, bytesOf(carried), async () => {
      await carried.own((tx) => markAll(tx, delivery.deliveryId, ['pending'], { state: 'unknown' }))
      mayAppear = true
    })
  } catch (error) {
    // It may have been written down all the same, where only the answer was lost.
    if (!mayAppear || error instanceof NotPlaced)
      await onceAnswered(() => takeBack(carried), request.signal).catch((second: unknown) => {
        context.log.warn({ err: second }, 'that a file did not appear could not be written down')
      })
    throw error
  }
}

/** Nobody has seen anything of it: the next attempt places it. */
const takeBack = ({ delivery, own }: Carried) => own((tx) => markAll(tx, delivery.deliveryId, ['unknown'], { state: 'pending' }))

async function* bytesOf(carried: Carried): AsyncGenerator<Uint8Array> {
  const { context, delivery, request } = carried
  yield row(COLUMNS)
  let [records, documents] = [0, 0]
  let [debit, credit] = ['0', '0']
  for (let after = 0; ; ) {
    request.signal.throwIfAborted()
    const items = await listItemsAfter(context.db, delivery.deliveryId, after, PAGE_ITEMS, true)
    const last = items.at(-1)
    if (!last) break
    const lines = await carried.own((tx) => listItemLines(tx, items))
    const rows = items.flatMap((item) => rowsOf(item, lines.get(item.itemId) ?? []))
    if (rows.length > 0) yield Buffer.concat(rows)
    for (const item of items) records += item.count
    documents += items.length
    debit = sumDecimals([debit, ...items.map((item) => item.debit)])
    credit = sumDecimals([credit, ...items.map((item) => item.credit)])
    after = last.itemId
  }
  // Hash totals: over all currencies, to tell a file that was cut short or altered.
  yield row([TRAILER.match, String(records), String(documents), debit, credit])
}

function rowsOf(item: Item, lines: readonly ItemLine[]): Buffer[] {
  const { operation, naturalKey, entity, period, version, currency } = item
  const of = [operation, naturalKey, entity, period, version, currency]
  if (operation === 'withdraw') return [row([...of, '', '', '', '', '', '', '', '', '', ''])]
  return lines.map((line) =>
    row([
      ...of,
      line.account,
      line.costCentre,
      line.project,
      line.counterparty,
      line.accountingStatus,
      line.effectiveOn,
      line.postedOn,
      line.debit,
      line.credit,
      line.description,
    ]),
  )
}

const row = (cells: readonly (string | null)[]): Buffer => Buffer.from(`${cells.map((cell) => quoted(cell ?? '')).join(',')}\n`)
const quoted = (cell: string) => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

/** The file as whoever takes it reads it, with the reader that reads the files of sources: added up, and against its own trailer. */
export async function readBackFile(carried: Carried, target: FileTarget<unknown>): Promise<SliceTotal[]> {
  const { request, objectType } = carried
  const name = fileNameOf(carried)
  const settings = csvSettings.parse({ delimiter: ',', trailer: TRAILER })
  const totals = new Map<string, { slice: readonly string[]; count: number; debit: string; credit: string }>()
  const stated = new Map<string, string>()
  for await (const batch of csv.read({ bytes: target.read(request, name), settings, objectType })) {
    if (batch.kind === 'claims') {
      for (const claim of batch.claims) if (claim.kind === 'total') stated.set(claim.measure, claim.value)
    }
    if (batch.kind !== 'records') continue
    const at = (column: (typeof COLUMNS)[number]) => batch.columns.indexOf(column)
    const [operation, entity, period, version, currency] = [
      at('operation'),
      at('entity'),
      at('period'),
      at('version'),
      at('currency'),
    ]
    const [debit, credit] = [at('debit'), at('credit')]
    for (const cells of batch.rows) {
      if (cells[operation] !== 'put') continue
      const slice = [cells[entity]!, cells[period]!, cells[version]!, cells[currency]!]
      const total = totals.get(slice.join('|')) ?? { slice, count: 0, debit: '0', credit: '0' }
      total.count++
      total.debit = sumDecimals([total.debit, cells[debit]!])
      total.credit = sumDecimals([total.credit, cells[credit]!])
      totals.set(slice.join('|'), total)
    }
  }
  await carried.writeCalls()
  refuseOtherTrailer(name, [...totals.values()], stated)
  return [...totals.values()].map(({ slice: [entity, period, version, currency], ...total }) => ({
    entity: entity!,
    period: period!,
    version: version!,
    currency: currency!,
    ...total,
  }))
}

type Sums = { readonly count: number; readonly debit: string; readonly credit: string }

function refuseOtherTrailer(name: string, totals: readonly Sums[], stated: ReadonlyMap<string, string>): void {
  const records = totals.reduce((sum, { count }) => sum + count, 0)
  const differs = (measure: 'debit' | 'credit') =>
    !isZeroDecimal(subtractDecimals(sumDecimals(totals.map((total) => total[measure])), stated.get(measure) ?? '0'))
  if (stated.get('records') !== String(records) || differs('debit') || differs('credit'))
    throw new TechnicalError('target_contract_changed', `${name} does not add up to its own trailer`)
}
