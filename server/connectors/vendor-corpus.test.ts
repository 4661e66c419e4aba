import { expect, test } from 'vitest'
import { FAILURE_CLASSES, type FailureClass } from '#server/domain/errors.ts'
import { nameFailure } from '#server/domain/failure-names/name-failure.ts'
import { classOf, VENDORS, type FailureCode, type Vendor } from '#server/domain/failure-names/said.ts'
import { NAMES } from '#server/domain/failure-names/vendors.ts'
import { refusalIn, saidIn } from './answer-words.ts'
import { CORPUS } from './testing/corpus/corpus.ts'
import type { Arrives, Entry } from './testing/corpus/entry.ts'

const ENTRIES = CORPUS.flatMap(({ vendor, entries }) => entries.map((entry) => ({ vendor, ...entry })))

/** The way every answer goes: words from the wire, then a name. A success that is none is asked for first, as the connectors do. */
function named(vendor: Vendor, arrives: Arrives): FailureCode | null {
  if (!('body' in arrives)) return nameFailure({ vendor, status: null, codes: arrives.codes, texts: arrives.texts ?? [] })
  const isSuccess = arrives.status === 200 || arrives.status === 201
  const said = isSuccess ? refusalIn(vendor, arrives) : saidIn(vendor, arrives)
  if (said === null) throw new Error('this answer is a success')
  return nameFailure(said)
}
const classNamed = (code: FailureCode | null): FailureClass => (code === null ? 'unclassified' : classOf(code))

test.each(ENTRIES)('$vendor: $what', ({ vendor, arrives, is: [failureClass, code] }) => {
  const found = named(vendor, arrives)
  expect([classNamed(found), found]).toEqual([failureClass, code])
})

test('the corpus is large enough, and nobody is missing', () => {
  const of = (failureClass: FailureClass) => ENTRIES.filter(({ is }) => is[0] === failureClass).length
  expect(ENTRIES.length).toBeGreaterThanOrEqual(250)
  expect(of('unclassified')).toBeGreaterThanOrEqual(60)
  expect(of('business')).toBeGreaterThanOrEqual(80)
  expect(of('technical_transient')).toBeGreaterThanOrEqual(60)
  expect(of('technical_permanent')).toBeGreaterThanOrEqual(60)
  expect(new Set(CORPUS.map(({ vendor }) => vendor))).toEqual(new Set(VENDORS))
  for (const { vendor, entries } of CORPUS) expect(new Set(entries.map(({ what }) => what)).size, vendor).toBe(entries.length)
})

test('the misleading ones are there: success that is none, 500 and 403 that are business or a limit', () => {
  const isLike =
    (status: number, failureClass: string) =>
    ({ arrives, is }: Entry) =>
      'status' in arrives && arrives.status === status && is[0] === failureClass
  for (const [status, failureClass, least] of [
    [200, 'business', 8],
    [200, 'technical_permanent', 2],
    [500, 'business', 4],
    [403, 'technical_transient', 1],
    [400, 'technical_transient', 6],
  ] as const)
    expect(ENTRIES.filter(isLike(status, failureClass)).length, `${status} ${failureClass}`).toBeGreaterThanOrEqual(least)
})

test('the confusion matrix has nothing off its diagonal, and docs/classifier.md says what it is', async () => {
  const count = (expected: FailureClass, found: FailureClass) =>
    ENTRIES.filter(({ vendor, arrives, is }) => is[0] === expected && classNamed(named(vendor, arrives)) === found).length
  const rows = FAILURE_CLASSES.map((expected) => ({ expected, counts: FAILURE_CLASSES.map((found) => count(expected, found)) }))
  for (const [row, { counts }] of rows.entries())
    for (const [column, n] of counts.entries()) if (row !== column) expect(n, `${row} ${column}`).toBe(0)
  await expect(documentOf(rows)).toMatchFileSnapshot('../../docs/classifier.md')
})

test('every name of every vendor says where it stands', () => {
  for (const [vendor, { facts }] of Object.entries(NAMES)) for (const { from } of facts) expect(from, vendor).not.toBe('')
})

const TECHNICAL: readonly FailureClass[] = ['technical_transient', 'technical_permanent']

function documentOf(rows: readonly { expected: FailureClass; counts: readonly number[] }[]): string {
  const head = ['must be \\ was named', ...FAILURE_CLASSES]
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  const wrong = (from: readonly FailureClass[], to: readonly FailureClass[]) =>
    rows
      .filter(({ expected }) => from.includes(expected))
      .reduce((sum, { counts }) => sum + counts.filter((_, i) => to.includes(FAILURE_CLASSES[i]!)).reduce((a, b) => a + b, 0), 0)
  const vendors = CORPUS.map(({ vendor, from, entries }) => {
    const of = (name: string) => entries.filter(({ is }) => is[0].startsWith(name)).length
    return line([vendor, entries.length, of('business'), of('technical'), of('unclassified'), from])
  })
  return [
    '# The classifier and its corpus',
    '',
    'Written by `server/connectors/vendor-corpus.test.ts`, which fails while it says anything else. How a failure gets its name:',
    '[decision 0018](decisions/0018-names-of-failures.md). No message of the corpus is a control: those are found in figures, not in words.',
    '',
    `Messages: ${ENTRIES.length}. Rows: the class each must get. Columns: the class it got.`,
    '',
    line(head),
    line(head.map(() => '---')),
    ...rows.map(({ expected, counts }) => line([expected, ...counts])),
    '',
    `Business called technical: ${wrong(['business'], TECHNICAL)}. Technical called business: ${wrong(TECHNICAL, ['business'])}. Named although nobody can know: ${wrong(['unclassified'], ['business', 'control', ...TECHNICAL])}.`,
    '',
    '| vendor | messages | business | technical | unclassified | where the facts stand |',
    '| --- | --- | --- | --- | --- | --- |',
    ...vendors,
    '',
  ].join('\n')
}
