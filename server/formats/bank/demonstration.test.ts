import { expect, test } from 'vitest'
import { camt053 } from '#server/formats/camt053.ts'
import { readSample } from '#server/formats/testing.ts'
import { commercialBankFiles } from '#db/seed/world/bank.ts'
import { entityOf } from '#db/seed/world/company.ts'
import { postingsOf } from '#db/seed/world/ledger.ts'

const PERIODS = [8, 9, 10, 11]

test('its statements follow each other, and hold what the ledger has, some of it later and some of it not yet', async () => {
  const reads = await Promise.all(commercialBankFiles(PERIODS).map(({ bytes }) => readSample(camt053, bytes)))
  const statements = reads.flatMap((read) => read.statements)
  expect(statements.map(({ sequence }) => sequence)).toEqual(statements.map((_, i) => 101 + i))
  for (const [i, { opening }] of statements.entries()) if (i > 0) expect(opening).toBe(statements[i - 1]!.closing)

  const rows = reads.flatMap(({ rows: of, columns }) =>
    of.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]!]))),
  )
  const entity = entityOf('TI06')
  const booked = new Map(rows.map((row) => [row.end_to_end_id!, row]))
  expect(booked.size).toBe(rows.length)
  const ledger = PERIODS.flatMap((index) => postingsOf(entity, index)).filter(({ account }) => account === '113100')
  const missing = ledger.filter(({ document }) => !booked.has(document))
  const later = ledger.filter(({ document, date }) => (booked.get(document)?.booking_date ?? date) > date)
  const nextMonth = later.filter(({ document, date }) => booked.get(document)!.booking_date!.slice(0, 7) > date.slice(0, 7))
  expect([missing.length, later.length, nextMonth.length].every((count) => count > 0)).toBe(true)
  expect(missing.length).toBeLessThan(ledger.length / 20)
  for (const { document, minor } of ledger) {
    const row = booked.get(document)
    if (row) expect(row.amount).toBe((minor / 100).toFixed(2))
  }
})
