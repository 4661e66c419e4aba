import { sql } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { listEvidence } from '#db/queries/evidence.ts'
import { listCertifications } from '#db/queries/sign-offs.ts'
import { useDatabase } from '#db/testing/database.ts'
import { plant } from '#db/testing/people.ts'
import { CARL, FIONA, invoice, reconciledWorld } from '#db/testing/reconciled.ts'
import type { Actor } from '#server/domain/actor.ts'
import { EVIDENCE_BYTES_MAX } from '#server/domain/reconciliation/evidence-file.ts'
import { sha256Hex } from '#server/platform/hash.ts'
import { readEvidenceFile } from '../reads/evidence-file.ts'
import { readReconciliation, readSeal } from '../reads/reconciliation-view.ts'
import { readReconciliations, readReconciliationsForExport } from '../reads/reconciliations-view.ts'
import { verify } from '../verify.ts'
import { addEvidence, withdrawEvidence } from './evidence.ts'
import { explainBreak } from './explain.ts'
import { prepareReconciliation } from './sign.ts'

const world = useDatabase()
const { define, bill, book, compare, one, sign } = reconciledWorld(world)
const file = (name: string, text = name) => ({ name, bytes: new TextEncoder().encode(text) })
const add = async (name: string, actor: Actor = FIONA) =>
  addEvidence(world.context, { reconciliationId: (await one()).reconciliation_id, file: file(name), actor })
const view = async () =>
  readReconciliation(world.db, { reconciliationId: (await one()).reconciliation_id, scope: ['*'] }, new Date())
const found = async () => (await verify(world.context)).checks.flatMap(({ differences }) => differences)
const listed = async () => {
  const { rows, counts } = await readReconciliations(world.db, { scope: ['*'] }, 'carl', new Date())
  const chosen = { state: 'evidence_missing', scope: ['*'] } as const
  const filtered = (await readReconciliations(world.db, chosen, 'carl', new Date())).rows.length
  const exported = (await readReconciliationsForExport(world.db, chosen, new Date())).length
  const state = rows.flatMap((row) => (row.certifiedBy ? [[row.state, row.isEvidenceMissing]] : []))
  return { state, counted: counts.evidence_missing, filtered, exported }
}
const missing = async () => (await view()).certifications.flatMap((one) => one.missing.map(({ name, why }) => `${name} ${why}`))

beforeAll(async () => {
  await define()
  await bill([invoice(1, '100.00'), invoice(2, '250.50')])
  await book([invoice(1, '100.00'), invoice(2, '255.50')])
  await compare()
})

test('a file is kept as it is, once, in the store of all bytes', async () => {
  const { evidenceId } = await add('../statement.txt')
  const reconciliationId = (await one()).reconciliation_id
  const asked = { reconciliationId, evidenceId }
  const { name, bytes } = await readEvidenceFile(world.db, { ...asked, scope: ['*'] })
  expect([name, Buffer.from(bytes).toString()]).toEqual(['statement.txt', '../statement.txt'])
  await expect(readEvidenceFile(world.db, { ...asked, scope: ['SE01'] })).rejects.toMatchObject({ code: 'evidence_not_found' })
  await expect(add('../statement.txt')).rejects.toThrow('it is there already, as statement.txt')
})

test.each<[string, () => Promise<unknown>, string]>([
  ['a page', () => add('page.html'), 'page.html is none of'],
  [
    'too much',
    async () =>
      addEvidence(world.context, {
        reconciliationId: (await one()).reconciliation_id,
        file: { name: 'large.txt', bytes: new Uint8Array(EVIDENCE_BYTES_MAX + 1).fill(65) },
        actor: FIONA,
      }),
    'larger than 5 MB',
  ],
  ['of another entity', () => add('x.txt', { ...FIONA, entityScope: ['SE01'] }), 'outside your scope'],
  ['by an auditor', () => add('x.txt', { ...FIONA, role: 'auditor' }), 'does not allow this'],
])('%s is refused in words, and nothing is kept', async (_what, ask, words) => {
  const before = await listEvidence(world.db, (await one()).reconciliation_id)
  await expect(ask()).rejects.toThrow(new RegExp(words, 'i'))
  expect(await listEvidence(world.db, (await one()).reconciliation_id)).toEqual(before)
})

test('an explanation may rest on a file; while it does, the file is not withdrawn', async () => {
  const reconciliationId = (await one()).reconciliation_id
  const { parts, comparison } = await view()
  const { comparisonId } = comparison
  const asked = { reconciliationId, comparisonId, part: parts[0]!.part, type: 'timing' as const, amount: '-5.00', actor: FIONA }
  await expect(explainBreak(world.context, { ...asked, text: 'a file of nowhere', evidenceId: 1_000_000 })).rejects.toThrow(
    'there is no such file',
  )
  await explainBreak(world.context, { ...asked, text: 'see the mail', file: file('mail.eml') })
  const [explanation] = (await view()).explanations
  const mail = (await view()).evidence.find(({ name }) => name === 'mail.eml')
  expect(explanation!.evidenceId).toBe(mail!.evidenceId)
  await expect(withdrawEvidence(world.context, { reconciliationId, evidenceId: mail!.evidenceId, actor: FIONA })).rejects.toThrow(
    'an explanation rests on it',
  )
})

test('a preparation lapses with a file more or less; what is withdrawn stays and is not sealed', async () => {
  const { reconciliation_id: reconciliationId, revision: seenRevision } = await one()
  await prepareReconciliation(world.context, { reconciliationId, seenRevision, actor: FIONA })
  const { evidenceId } = await add('wrong.txt', CARL)
  expect((await one()).state).toBe('ready')
  await withdrawEvidence(world.context, { reconciliationId, evidenceId, actor: CARL })
  await expect(withdrawEvidence(world.context, { reconciliationId, evidenceId, actor: CARL })).rejects.toThrow('it was withdrawn')
  await sign()
  const [certification] = await listCertifications(world.db, reconciliationId)
  const sealed = JSON.parse(certification!.seal)
  expect(sealed.evidence).toEqual(
    ['../statement.txt', 'mail.eml'].map((text) => ({
      name: text.replace('../', ''),
      sha256: sha256Hex(text),
      byteCount: text.length,
    })),
  )
  expect(sealed.explanations).toMatchObject([{ text: 'see the mail', evidence: sha256Hex('mail.eml') }])
  expect((await view()).evidence.find(({ name }) => name === 'wrong.txt')).toMatchObject({ withdrawnBy: 'carl' })
  await expect(add('late.txt')).rejects.toThrow('what was sealed is not edited')
})

test('the program can neither change nor delete a file', async () => {
  for (const act of [sql`delete from evidence`, sql`update evidence set name = 'x'`, sql`update evidence set artifact_id = 1`])
    await expect(world.db.execute(act)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('permission denied') },
    })
})

test('evidence that is gone, or is other bytes, is missing: found by verify and on the screen, and not superseded', async () => {
  expect([await missing(), await found()]).toEqual([[], []])
  const reconciliationId = (await one()).reconciliation_id
  const { evidence, certifications } = await view()
  const [statement, mail] = evidence
  const [chunk] = await world.owner`select * from artifact_chunks where artifact_id = ${statement!.artifactId}`
  await world.owner`update artifact_chunks set bytes = (select bytes from artifact_chunks where artifact_id = ${mail!.artifactId}) where artifact_id = ${statement!.artifactId}`
  expect(await missing()).toEqual(['statement.txt changed'])
  expect(await listed()).toEqual({ state: [['certified', true]], counted: 1, filtered: 1, exported: 1 })
  const { certificationId } = certifications[0]!
  expect(await readSeal(world.db, { reconciliationId, certificationId, scope: ['*'] })).toMatchObject({
    certification: { supersededAt: null },
    missing: [{ name: 'statement.txt', why: 'changed' }],
  })
  await expect(
    readEvidenceFile(world.db, { reconciliationId, evidenceId: statement!.evidenceId, scope: ['*'] }),
  ).rejects.toMatchObject({ code: 'evidence_missing' })
  await world.owner`update artifact_chunks set bytes = ${chunk!.bytes} where artifact_id = ${statement!.artifactId}`
  expect(await missing()).toEqual([])
  expect(await listed()).toEqual({ state: [['certified', false]], counted: 0, filtered: 0, exported: 0 })
  await plant(world, `delete from evidence where evidence_id = ${statement!.evidenceId}`)
  expect(await missing()).toEqual(['statement.txt gone'])
  expect(await listed()).toEqual({ state: [['certified', true]], counted: 1, filtered: 1, exported: 1 })
  expect((await found()).join()).toContain('evidence missing: statement.txt')
  expect((await one()).state).toBe('certified')
})
