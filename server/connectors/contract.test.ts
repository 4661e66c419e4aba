import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TechnicalError } from '#server/domain/errors.ts'
import type { Delivery, ExtractRequest, SourceCall } from './connector.ts'
import { connectors, findConnector } from './connectors.ts'
import { LEDGER_PATH, startLedgerSimulator, type Fault } from './simulator/ledger-simulator.ts'

/**
 * What every connector promises, whatever it speaks. A new one adds a row: a source with the given number of deliveries,
 * and one that fails. All sources are real servers and folders.
 */
type Source = { readonly settings: unknown; readonly file?: string; close(): Promise<void> }
type Row = {
  readonly name: string
  readonly type: string
  readonly deliveries: number
  whole(): Promise<Source>
  broken(): Promise<Source>
  /** A source that does not answer; left out where the protocol has no such thing. */
  silent?(): Promise<Source>
}

const ledger = (name: string, deliveries: number, settings: object): Row => ({
  name: `http, ${name}`,
  type: 'http',
  deliveries,
  whole: () => simulatedLedger(settings, []),
  broken: () => simulatedLedger(settings, [{ on: 'request', nth: Math.min(3, deliveries), kind: 'reset_mid_body' }]),
  silent: () => simulatedLedger(settings, [{ on: 'request', nth: Math.min(2, deliveries), kind: 'silent' }]),
})

const ROWS: readonly Row[] = [
  ledger('cursor', 4, { paging: { style: 'cursor', nextCursorPath: 'paging.next' } }),
  ledger('Link header', 4, { paging: { style: 'link' } }),
  ledger('offset to the stated count', 4, { countPath: 'totals.count', paging: { style: 'offset', pageSize: 3 } }),
  ledger('offset to an empty page', 5, { paging: { style: 'offset', pageSize: 3 } }),
  // The source gives three at most: whoever steps by the size asked for skips lines.
  ledger('offset, asking for more than it gives', 4, { countPath: 'totals.count', paging: { style: 'offset', pageSize: 500 } }),
  ledger('page to the stated count', 4, {
    countPath: 'totals.count',
    paging: { style: 'page', sizeParameter: 'limit', pageSize: 3 },
  }),
  ledger('page to an empty page', 5, { paging: { style: 'page' } }),
  ledger('one answer', 1, { paging: { style: 'none' } }),
  {
    name: 'folder',
    type: 'folder',
    deliveries: 1,
    whole: () => folderOf({ 'a.csv': 'one'.repeat(200_000), 'b.csv': 'two' }),
    broken: () => folderOf({ 'a.csv': 'far too much', 'b.csv': 'one' }, { maxBytes: 5 }),
  },
]

test('every registered connector has a row here, under its own type', () => {
  expect(new Set(ROWS.map(({ type }) => type))).toEqual(new Set(Object.keys(connectors)))
  for (const [type, connector] of Object.entries(connectors)) expect(connector.type).toBe(type)
  expect(findConnector('carrier-pigeon')).toBeNull()
  expect(findConnector('toString')).toBeNull()
})

test.each(ROWS)('$name: delivers in order, the last without a cursor, and the same bytes each time', async (row) => {
  await using(row.whole, async (source) => {
    const once = await collect(extract(row, source))
    expect(once).toHaveLength(row.deliveries)
    expect(once.map(({ cursor }) => cursor === null)).toEqual(once.map((_, i) => i === once.length - 1))
    expect(new Set(once.map(({ cursor }) => cursor)).size).toBe(row.deliveries)
    expect(new Set(once.map(({ text }) => text)).size).toBe(row.deliveries)
    for (const { text, again } of once) expect(again).toBe(text)
    expect(await collect(extract(row, source))).toEqual(once)
  })
})

test.each(ROWS)('$name: goes on from every cursor with exactly the rest', async (row) => {
  await using(row.whole, async (source) => {
    const all = await collect(extract(row, source))
    for (let done = 1; done < all.length; done++) {
      const seenCursors = all.slice(0, done).map(({ cursor }) => cursor!)
      const rest = await collect(extract(row, source, { cursor: seenCursors.at(-1)!, seenCursors }))
      expect(rest).toEqual(all.slice(done))
    }
  })
})

test.each(ROWS)('$name: stops when it is cancelled before the first and between deliveries', async (row) => {
  await using(row.whole, async (source) => {
    const reason = new Error('cancelled by a person')
    await expect(collect(extract(row, source, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason)

    const controller = new AbortController()
    let count = 0
    const cancelledAfterOne = (async () => {
      for await (const _ of extract(row, source, { signal: controller.signal })) {
        count++
        controller.abort(reason)
      }
    })()
    await expect(cancelledAfterOne).rejects.toBe(reason)
    expect(count).toBe(1)
  })
})

test.each(ROWS.filter(({ silent }) => silent))(
  '$name: stops within a second when it is cancelled while it waits',
  async (row) => {
    await using(row.silent!, async (source) => {
      const reason = new Error('cancelled by a person')
      const controller = new AbortController()
      let cancelledAt = 0
      setTimeout(() => {
        cancelledAt = performance.now()
        controller.abort(reason)
      }, 100)
      await expect(collect(extract(row, source, { signal: controller.signal }))).rejects.toBe(reason)
      expect(performance.now() - cancelledAt).toBeLessThan(1_000)
    })
  },
)

test.each(ROWS)('$name: fails with a technical error, for a broken source and for settings that are none', async (row) => {
  await using(row.broken, async (source) => {
    await expect(collect(extract(row, source))).rejects.toBeInstanceOf(TechnicalError)
  })
  for (const settings of [null, {}, { type: row.type, unknown: 1 }]) {
    await expect(collect(extract(row, { settings }))).rejects.toBeInstanceOf(TechnicalError)
  }
})

test.each(ROWS)('$name: tells of every delivery as one request, with its name and its bytes', async (row) => {
  await using(row.whole, async (source) => {
    const calls: SourceCall[] = []
    const delivered: { name: string; bytes: number }[] = []
    for await (const { name, bytes } of extract(row, source, { onCall: (call) => void calls.push(call) })) {
      delivered.push({ name, bytes: Buffer.byteLength(await textOf(bytes)) })
    }
    // A folder is listed first; nothing else may be told of that was not delivered.
    const ofDeliveries = calls.filter((call) => !call.name.startsWith('list '))
    expect(ofDeliveries.map(({ name, bytes }) => ({ name, bytes }))).toEqual(delivered)
    for (const call of calls) {
      expect(call).toMatchObject({ outcome: 'ok', retryAfterMs: null })
      expect(call.ms).toBeGreaterThanOrEqual(0)
      expect(Date.now() - call.startedAt.getTime()).toBeLessThan(60_000)
    }
  })
})

test.each(ROWS.filter(({ silent }) => silent))('$name: a request that was cancelled is not told of', async (row) => {
  await using(row.silent!, async (source) => {
    const calls: SourceCall[] = []
    const controller = new AbortController()
    setTimeout(() => controller.abort(new Error('cancelled by a person')), 100)
    const cancelled = collect(extract(row, source, { signal: controller.signal, onCall: (call) => void calls.push(call) }))
    await expect(cancelled).rejects.toThrow()
    expect(calls.every(({ outcome }) => outcome === 'ok')).toBe(true)
  })
})

test.each(ROWS)('$name: refuses a cursor of another kind of source', async (row) => {
  await using(row.whole, async (source) => {
    for (const cursor of ['', 'nonsense', '{"name":1}']) {
      await expect(collect(extract(row, source, { cursor }))).rejects.toMatchObject({ code: 'source_contract_changed' })
    }
  })
})

function extract(
  { type }: Row,
  { settings, file }: Omit<Source, 'close'>,
  request: Partial<ExtractRequest<unknown>> = {},
): AsyncIterable<Delivery> {
  const signal = new AbortController().signal
  const given = { settings, file, cursor: null, seenCursors: [], signal, credential: () => 'token' }
  return findConnector(type)!.extract({ ...given, ...request })
}

async function collect(deliveries: AsyncIterable<Delivery>) {
  const collected: { name: string; text: string; again: string; cursor: string | null }[] = []
  for await (const { name, bytes, cursor } of deliveries) {
    collected.push({ name, text: await textOf(bytes), again: await textOf(bytes), cursor })
  }
  return collected
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

async function using(open: () => Promise<Source>, use: (source: Source) => Promise<void>): Promise<void> {
  const source = await open()
  try {
    await use(source)
  } finally {
    await source.close()
  }
}

async function simulatedLedger(settings: object, faults: readonly Fault[]): Promise<Source> {
  const simulator = await startLedgerSimulator({ lines: { count: 10 }, pageSize: 3, token: 'token', faults })
  return {
    settings: { type: 'http', url: simulator.url + LEDGER_PATH, tokenFrom: 'LEDGER_TOKEN', recordsPath: 'lines', ...settings },
    close: () => simulator.stop(),
  }
}

async function folderOf(files: Readonly<Record<string, string>>, settings: object = {}): Promise<Source> {
  const path = await mkdtemp(join(tmpdir(), 'folder-'))
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(path, name), text)
    await utimes(join(path, name), new Date('2026-03-31T10:00:00Z'), new Date('2026-03-31T10:00:00Z'))
  }
  const close = () => rm(path, { recursive: true })
  return { settings: { type: 'folder', path, settleMs: 0, ...settings }, file: 'a.csv', close }
}
