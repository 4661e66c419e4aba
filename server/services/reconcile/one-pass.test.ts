import { beforeAll, expect, test } from 'vitest'
import { readSides } from '#db/queries/comparison-pairs.ts'
import { readFigures } from '#db/queries/comparison-sides.ts'
import { findReconciliationDefinition } from '#db/queries/reconciliations.ts'
import { newestPublication } from '#db/queries/totals.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, load } from '#db/testing/load.ts'
import { importDefinitions } from '../import-definitions.ts'
import { comparedOf } from './compared.ts'

/** Three systems that have much in common: documents of several lines, two currencies, lines that only one has. */
const world = useDatabase()
const SYSTEMS = ['erp', 'second', 'third']
const row = (n: number, system: number): LedgerRow => ({
  id: `L${n}`,
  document: `D${n % 11}`,
  account: `40${10 + (n % 7)}`,
  currency: n % 3 === 0 ? 'EUR' : 'NOK',
  debit: n % 2 === 0 ? `${n}.${10 + system * (n % 5 === 0 ? 1 : 0)}` : '',
  credit: n % 2 === 0 ? '' : '7.25',
})
const GROUPS = [{ name: 'Some', accounts: ['4010-4012'] }]

beforeAll(async () => {
  for (const [system, code] of SYSTEMS.entries()) {
    const rows = Array.from({ length: 60 }, (_, n) => row(n, system)).filter((_, n) => system === 0 || n % (7 + system) !== 0)
    await load(world.context, ledgerJob({ job: code, system: { code, name: code, kind: 'erp' } }), ledgerCsv(rows))
  }
})

test.each([
  { name: 'one-line', key: ['source_key'] },
  { name: 'one-line-grouped', key: ['account', 'source_key'], groups: GROUPS },
  { name: 'documents', key: ['document'] },
  { name: 'balances', key: ['account'], groups: GROUPS },
])(
  '$name: the sides read in one pass have the figures of their lines, and a key that differs is named once',
  async ({ name, key, groups = [] }) => {
    const sides = SYSTEMS.map((system) => ({ name: system, system }))
    const definition = { kind: 'reconciliation', reconciliation: name, title: name, sides, key, groups }
    await importDefinitions(world.context, { yaml: JSON.stringify(definition), actor: ADMIN })
    const known = (await findReconciliationDefinition(world.db, name))!
    const compared = (await comparedOf(world.db, known, { entity: 'NO01', period: '2026-03' }))!
    const asOf = await newestPublication(world.db)
    const { figures, differing } = await readSides(world.db, compared, asOf)
    const lineByLine = await readFigures(world.db, compared, asOf)
    expect(lineByLine.length).toBeGreaterThan(3)
    expect([...figures].map((figure) => JSON.stringify(Object.entries(figure).sort())).sort()).toEqual(
      lineByLine.map((figure) => JSON.stringify(Object.entries(figure).sort())).sort(),
    )
    for (const [i, keys] of differing.entries()) {
      const names = keys.map((one) => [one.key, one.account_group, one.currency].join(' '))
      expect(new Set(names).size).toBe(names.length)
      expect(keys.every(({ side }) => side === i + 1)).toBe(true)
      expect(names.length).toBeGreaterThan(0)
    }
  },
)
