import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { sql } from 'drizzle-orm'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { ADMIN, load } from '#db/testing/load.ts'
import { addActors, approveDefinitions, plant } from '#db/testing/people.ts'
import type { Actor } from '#server/domain/actor.ts'
import { importDefinitions } from '../import-definitions.ts'
import { addEvidence } from './evidence.ts'
import { compareWhatMoved } from './compare-what-moved.ts'
import { prepareReconciliation } from './sign.ts'

/**
 * What the role of the application may write into the tables of signing and closing by itself, past the product: nothing that four eyes
 * did not say, and nothing that was said is edited.
 */
const world = useDatabase()
const controller = (name: string, more: Partial<Actor> = {}): Actor => ({ name, role: 'controller', entityScope: ['*'], ...more })
const PEOPLE = ['fiona', 'cara', 'carl', 'cora'].map((name) => controller(name))
const [FIONA, CARA] = PEOPLE as [Actor, Actor]
const SWEDE = controller('sven', { entityScope: ['SE01'] })
const OPERATOR = controller('oda', { role: 'finance_operations' })

const SIDES = ['sales', 'books']
const job = (code: string) => ledgerJob({ job: code, system: { code, name: code, kind: 'erp' } })
/** One for each test: the limits of two are 100. */
const define = (reconciliation: string, version: string, certification: object = {}) => ({
  kind: 'reconciliation',
  reconciliation,
  version,
  title: reconciliation,
  sides: SIDES.map((system) => ({ name: system, system })),
  key: ['document'],
  certification,
})
const row = (version: string, credit: string) => ({ id: `I-${version}`, document: 'D', debit: '', credit, version })
const VERSIONS = ['plain', 'two', 'rule', 'differs', 'above', 'mixed'] as const

type Of = { id: number; comparison: number; revision: number; asOf: number }
const of = async (version: (typeof VERSIONS)[number]): Promise<Of> => {
  const [found] = await world.owner<Of[]>`
    select r.reconciliation_id as id, r.comparison_id as comparison, r.revision, c.as_of as "asOf"
    from reconciliations r join comparisons c on c.comparison_id = r.comparison_id where r.version = ${version}`
  return found!
}
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
const act = (one: Of, what: string, by: string, rule: number | null = null) =>
  sql`insert into sign_offs (reconciliation_id, comparison_id, act, signed_by, rule_version, comment, signed_at)
    values (${one.id}, ${one.comparison}, ${what}, ${by}, ${rule}, 'past the door', now())`
const seal = (one: Of, { automatic = false, asOf = one.asOf, hash = hashOf('{}'), comparison = one.comparison } = {}) =>
  sql`insert into certifications (reconciliation_id, comparison_id, as_of, seal, seal_hash, is_automatic, certified_at)
    values (${one.id}, ${comparison}, ${asOf}, '{}', ${hash}, ${automatic}, now())`
const KEPT = new Error('as far as that')

/** Statements of one transaction as the application's role, taken back. null: all of them went through. */
async function refusal(...statements: readonly ReturnType<typeof sql>[]): Promise<string | null> {
  const error: unknown = await world.db
    .transaction(async (tx) => {
      for (const statement of statements) await tx.execute(statement)
      throw KEPT
    })
    .catch((caught: unknown) => caught)
  if (error === KEPT) return null
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
}
const prepared = (one: Of) => act(one, 'prepared', 'fiona')

beforeAll(async () => {
  await addActors(world, ...PEOPLE, SWEDE, OPERATOR)
  const limit = { automaticUpTo: { NOK: '100' }, sample: 0 }
  const definitions = [
    define('plain', 'plain'),
    define('two', 'two', { oneUpTo: { NOK: '99.99' } }),
    // Left to people by the sample, which the database does not know.
    define('rule', 'rule', { ...limit, sample: 100 }),
    define('differs', 'differs', limit),
    define('above', 'above', limit),
    define('mixed', 'mixed', limit),
  ]
  await importDefinitions(world.context, { yaml: definitions.map((one) => JSON.stringify(one)).join('\n---\n'), actor: ADMIN })
  await approveDefinitions(world)
  const sold = VERSIONS.map((version) => row(version, version === 'above' ? '100.01' : '100.00'))
  for (const code of SIDES)
    await load(
      world.context,
      job(code),
      ledgerCsv(sold.map((one) => (code === 'books' && /differs|mixed/.test(one.version) ? { ...one, credit: '99.99' } : one))),
    )
  await compareWhatMoved(world.context)
})

describe('a person certifies', () => {
  test('what somebody else prepared, and nothing is certified by inserting a certification alone', async () => {
    const one = await of('plain')
    expect(await refusal(seal(one))).toContain('nobody has prepared it')
    expect(await refusal(prepared(one), seal(one))).toContain('too few')
    expect(await refusal(prepared(one), act(one, 'certified', 'fiona'))).toContain('fiona has signed this comparison already')
    expect(await refusal(prepared(one), act(one, 'certified', 'cara'), seal(one))).toBeNull()
  })

  test('with the role and the scope, here and not disabled', async () => {
    const one = await of('plain')
    for (const by of ['oda', 'sven', 'nobody', 'test:admin'])
      expect(await refusal(prepared(one), act(one, 'certified', by)), by).toMatch(/may say certified|changed something/)
    expect(await refusal(act(one, 'prepared', 'oda'))).toBeNull()
    expect(await refusal(act(one, 'prepared', 'sven'))).toContain('sven is nobody who may say prepared of NO01')
    await plant(world, `update people set disabled_at = now() where sign_in = 'cora'`)
    expect(await refusal(prepared(one), act(one, 'certified', 'cora'))).toContain('cora is nobody who may')
    await plant(world, `update people set disabled_at = null where sign_in = 'cora'`)
  })

  test('never what was sent back, until it is prepared again; nor who prepared it before', async () => {
    const one = await of('plain')
    const back = [prepared(one), act(one, 'rejected', 'cora')]
    expect(await refusal(...back, act(one, 'certified', 'carl'))).toContain('nobody has prepared')
    const again = [...back, act(one, 'prepared', 'cara')]
    expect(await refusal(...again, act(one, 'certified', 'fiona'))).toContain('fiona has signed')
    expect(await refusal(prepared(one), act(one, 'certified', 'carl'), act(one, 'rejected', 'cora'), seal(one))).toContain(
      'nobody',
    )
    expect(await refusal(...again, act(one, 'certified', 'carl'), seal(one))).toBeNull()
  })

  test('two where the definition wants two', async () => {
    const one = await of('two')
    expect(await refusal(prepared(one), act(one, 'certified', 'cara'), seal(one))).toContain('too few')
    expect(await refusal(prepared(one), act(one, 'certified', 'cara'), act(one, 'certified', 'cara'))).toContain(
      'cara has signed',
    )
    expect(await refusal(prepared(one), act(one, 'certified', 'cara'), act(one, 'certified', 'carl'), seal(one))).toBeNull()
  })

  test('the newest comparison, as it was found, under the hash of its seal', async () => {
    const [one, other] = [await of('plain'), await of('two')]
    const signed = [prepared(one), act(one, 'certified', 'cara')]
    expect(await refusal(...signed, seal(one, { comparison: other.comparison }))).toContain('newest comparison')
    expect(await refusal(act({ ...one, comparison: other.comparison }, 'prepared', 'fiona'))).toContain('not the newest')
    expect(await refusal(...signed, seal(one, { asOf: 1 }))).toContain('what was compared')
    expect(await refusal(...signed, seal(one, { hash: hashOf('else') }))).toContain('hash')
  })
})

describe('a rule certifies', () => {
  test('what ties, where its definition allows it, named by its version', async () => {
    const one = await of('rule')
    expect(await refusal(act(one, 'certified', 'service:rule', 1), seal(one, { automatic: true }))).toBeNull()
    expect(await refusal(seal(one, { automatic: true }))).toContain('no rule has signed')
    expect(await refusal(act(one, 'certified', 'service:rule', 2))).toContain('names no rule')
    expect(await refusal(act(one, 'certified', 'service:rule'))).toMatch(/names no rule|sign_offs_rule/)
    expect(await refusal(act(one, 'certified', 'carl', 1))).toMatch(/sign_offs_rule|nobody has prepared/)
    for (const by of ['service:worker', 'service:cli', 'service:anybody'])
      expect(await refusal(act(one, 'certified', by, 1)), by).toContain('signs nothing')
    expect(await refusal(act(one, 'prepared', 'service:rule', 1))).toContain('signs nothing')
    // Nor does its word stand in for a person's.
    expect(await refusal(prepared(one), act(one, 'certified', 'service:rule', 1), seal(one))).toContain('too few')
  })

  test('nothing that its definition does not allow, differs, is above its limit, was explained or signed by people', async () => {
    const by = async (version: (typeof VERSIONS)[number]) => refusal(act(await of(version), 'certified', 'service:rule', 1))
    expect(await by('plain')).toContain('lets no rule certify')
    expect(await by('differs')).toContain('does not tie')
    expect(await by('above')).toContain('above the limit')
    const one = await of('rule')
    const signed = [prepared(one), act(one, 'certified', 'cara'), seal(one)]
    const rule = act(one, 'certified', 'service:rule', 1)
    expect(await refusal(...signed, rule)).toContain('people certified it before')
    const explained = sql`insert into explanations (reconciliation_id, side, account_group, currency, key, type, amount, text, explained_by)
      values (${one.id}, 1, 'All accounts', 'NOK', 'D', 'timing', 0, 'x', 'fiona')`
    expect(await refusal(explained, rule)).toContain('people explained')
    // What was found says that nothing differs; the figures say that something does.
    const mixed = await of('mixed')
    await plant(world, `delete from comparison_parts where comparison_id = ${mixed.comparison}`)
    expect(await by('mixed')).toContain('does not tie')
  })

  test('nothing by a version that is not in force', async () => {
    const one = await of('rule')
    const next = sql`update reconciliation_definitions set current_version = current_version + 1 where name = 'rule'`
    expect(await refusal(next, act(one, 'certified', 'service:rule', 1))).toMatch(/another version|refused/)
  })
})

test('nothing is called certified without a certification of it that stands', async () => {
  const one = await of('plain')
  const called = sql`update reconciliations set state = 'certified' where reconciliation_id = ${one.id}`
  expect(await refusal(called)).toContain('no certification')
  const made = sql`insert into reconciliations (definition_id, entity, period, version, state) values (1, 'NO01', '2031-01', 'actual', 'certified')`
  expect(await refusal(made)).toContain('no certification')
})

test('nothing that was said, found or signed is edited or deleted, by the owner of the database neither', async () => {
  const { id: reconciliationId } = await of('plain')
  await addEvidence(world.context, {
    reconciliationId,
    file: { name: 'a.txt', bytes: new TextEncoder().encode('a') },
    actor: CARA,
  })
  const { revision: seenRevision } = await of('plain')
  await prepareReconciliation(world.context, { reconciliationId, seenRevision, actor: FIONA })
  await plant(
    world,
    `insert into certifications (reconciliation_id, comparison_id, as_of, seal, seal_hash, is_automatic, certified_at) select ${reconciliationId}, comparison_id, as_of, '{}', '', false, now() from comparisons limit 1;
     insert into explanations (reconciliation_id, side, account_group, currency, key, type, amount, text, explained_by) values (${reconciliationId}, 1, 'x', 'NOK', 'D', 'timing', 0, 'x', 'fiona');
     insert into match_acts (reconciliation_id, kind, first_line_ids, other_line_ids, acted_by, acted_at) values (${reconciliationId}, 'joined', '{1}', '{2}', 'fiona', now());
     insert into stand_ins (for_person, stand_in, entities, starts_at, ends_at, reason, named_by, named_at) values ('cara', 'carl', '{*}', now(), now() + interval '1 day', 'x', 'cara', now());
     insert into period_reopenings (entity, period, basis, reason, requested_by, requested_at) values ('NO01', '2026-03', 'x', 'x', 'cara', now());`,
  )
  const edits = {
    sign_offs: `signed_by = 'x'`,
    reconciliation_versions: `created_by = 'x'`,
    comparisons: `as_of = 1`,
    comparison_figures: `amount = 1`,
    comparison_parts: `amount = 1`,
    comparison_items: `amount = 1`,
    comparison_matches: `rule = 'x'`,
    comparison_match_lines: `amount = 1`,
    certifications: `seal = 'x'`,
    explanations: `amount = 1`,
    evidence: `name = 'x'`,
    match_acts: `kind = 'parted'`,
    stand_ins: `ends_at = ends_at + interval '1 hour'`,
    period_reopenings: `requested_by = 'x'`,
  }
  for (const [table, set] of Object.entries(edits)) {
    for (const statement of [`update ${table} set ${set}`, `delete from ${table}`]) {
      await expect(world.owner.unsafe(statement), statement).rejects.toThrow('is never edited')
      expect(await refusal(sql.raw(statement)), statement).toContain('permission denied')
    }
  }
  for (const taken of [
    'certifications set superseded_at = now(), superseded_by',
    'explanations set withdrawn_at = now(), withdrawn_by',
    'stand_ins set ended_at = now(), ended_by',
  ]) {
    await world.owner.unsafe(`update ${taken} = 1`)
    await expect(world.owner.unsafe(`update ${taken} = 2`), `${taken}, twice`).rejects.toThrow('is never edited')
  }
})
