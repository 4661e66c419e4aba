import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeDatabase, openDatabase, type Database } from '#db/client.ts'
import { SEGMENT_LINES_MIN } from '#db/load/publish.ts'
import { sumLines } from '#db/queries/lines.ts'
import { listPublishedTotals, newestPublication } from '#db/queries/totals.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows } from '#db/testing/ledger.ts'
import { keepFile, load, runUntilEnded } from '#db/testing/load.ts'

const world = useDatabase()
let reader: Database
beforeAll(() => {
  reader = openDatabase(world.appUrl, { max: 1 })
})
afterAll(() => closeDatabase(reader))

test.each([
  ['a small load, into the shared place', 400, 'lines_shared'],
  ['a load of 60,000 lines, as a segment of its own', 60_000, 'l%'],
])(
  'whoever reads during the publication of %s sees all of it or nothing',
  async (_what, lines, place) => {
    const system = { code: `erp-${lines}`, name: 'ERP', kind: 'erp' as const }
    const job = ledgerJob({ job: `ledger-${lines}`, system })
    const rows = ledgerRows(lines)
    const standing = rows.slice(0, 200)
    // Half of what stands changes, the other half is sent again as it is, the rest is new.
    await load(world.context, job, ledgerCsv(standing))
    const next = rows.map((row, i) => (i < 100 ? { ...row, debit: row.debit && '0.07', credit: row.credit && '0.07' } : row))
    const runId = await keepFile(world.context, job.job, ledgerCsv(next))

    const seen: string[] = []
    let isOver = false
    const reading = (async () => {
      while (!isOver) {
        seen.push(await readFigures(system.code))
        await setImmediate()
      }
      seen.push(await readFigures(system.code))
    })()
    const report = await runUntilEnded(world.context, runId)
    isOver = true
    await reading

    expect(report).toMatchObject({ outcome: 'succeeded', lines: { new: lines - 200, changed: 100, unchanged: 100 } })
    const [before, after] = [figuresOf(standing), figuresOf(next)]
    expect(new Set(seen)).toEqual(new Set([before, after]))
    expect(seen.lastIndexOf(before)).toBeLessThan(seen.indexOf(after))
    expect(seen.length).toBeGreaterThan(10)
    const [row] =
      await world.owner`select relname from pg_class where oid = (select tableoid from lines order by loaded_at_pub desc limit 1)`
    expect(row!.relname).toMatch(new RegExp(`^${place.replace('%', '\\d+')}$`))
    expect(lines >= SEGMENT_LINES_MIN).toBe(place !== 'lines_shared')
  },
  60_000,
)

/** What a screen would show: totals from the rollup and the lines behind them, which must agree. */
async function readFigures(system: string): Promise<string> {
  const filter = { system, scope: ['*'] }
  const asOf = await newestPublication(reader)
  const [total] = await listPublishedTotals(reader, filter, asOf)
  const [sum] = await sumLines(reader, filter, asOf)
  const words = [total!, sum!].map(({ count, debit, credit }) => `${count} lines, ${debit} / ${credit}`)
  return words[0] === words[1] ? words[0]! : `totals ${words[0]} but lines ${words[1]}`
}

function figuresOf(rows: readonly { debit?: string; credit?: string }[]): string {
  const cents = (side: 'debit' | 'credit') =>
    rows.reduce((sum, row) => sum + BigInt((row[side] || '0').replace('.', '')), 0n).toString()
  const units = (text: string) => `${text.slice(0, -2)}.${text.slice(-2)}`
  return `${rows.length} lines, ${units(cents('debit'))} / ${units(cents('credit'))}`
}
