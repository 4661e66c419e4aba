import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { plant } from '#db/testing/people.ts'
import { CARL, FIONA, invoice, reconciledWorld } from '#db/testing/reconciled.ts'
import { unzipTo } from '#db/testing/unzip.ts'
import type { Actor } from '#server/domain/actor.ts'
import { sha256Hex } from '#server/platform/hash.ts'
import { zipBytes } from '#server/platform/zip.ts'
import { addEvidence } from '../reconcile/evidence.ts'
import { explainBreak } from '../reconcile/explain.ts'
import { readReconciliation } from '../reads/reconciliation-view.ts'
import { readReconciliationsForExport } from '../reads/reconciliations-view.ts'
import { gatherPack } from './gather-pack.ts'
import { exact, sheetOf, stoodOf } from './sheet/sheet-of.ts'
import { takeEvidencePack } from './take-evidence-pack.ts'
import { takePeriodPack } from './take-period-pack.ts'

const world = useDatabase()
const { define, bill, book, compare, one, sign } = reconciledWorld(world)
const ADA: Actor = { name: 'ada', role: 'auditor', entityScope: ['*'] }
const LARGE = '12345678901234567890.12'
const folders: string[] = []

/** The pack, unpacked. */
async function taken(actor: Actor = ADA, certificationId?: number): Promise<string> {
  const { entries } = await takeEvidencePack(world.context, {
    reconciliationId: (await one()).reconciliation_id,
    certificationId,
    actor,
  })
  return unpacked(entries)
}
async function unpacked(entries: Parameters<typeof zipBytes>[0]): Promise<string> {
  const folder = await newFolder()
  await unzipTo(await buffer(zipBytes(entries, new Date())), folder)
  return folder
}
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'evidence-pack-'))
  folders.push(folder)
  return folder
}
/** The script as a stranger runs it. */
const recomputed = (folder: string, ...more: string[]): Promise<{ code: number; said: string }> =>
  new Promise((done) => {
    execFile(process.execPath, ['recompute.mjs', ...more], { cwd: folder }, (error, stdout, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, said: `${stdout}${stderr}` }),
    )
  })
const readManifest = async (folder: string) => JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))

let whole = ''
let sealHash: string | null = null

beforeAll(async () => {
  await define()
  await bill([
    invoice(1, '100.00'),
    invoice(2, '250.50'),
    invoice(3, LARGE),
    invoice(4, '3.00', { document: '=1+1', text: 'a, "b"' }),
  ])
  await book([invoice(1, '100.00'), invoice(2, '255.50'), invoice(3, LARGE), invoice(4, '3.00', { document: '=1+1' })])
  await compare()
}, 60_000)
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

test('what nobody certified is packed as it stands, without a seal, and says so', async () => {
  const folder = await taken()
  expect(await recomputed(folder)).toMatchObject({ code: 0, said: expect.stringContaining('Nobody has certified') })
  expect(await readManifest(folder)).toMatchObject({ stands: 'not certified', seal: null, rows: { Billing: 4, Ledger: 4 } })
}, 60_000)

test('of what is certified a stranger gets the figures, differences and parts that were signed, to the last digit', async () => {
  const reconciliationId = (await one()).reconciliation_id
  const { parts, comparison } = await readReconciliation(world.db, { reconciliationId, scope: ['*'] }, new Date())
  const file = { name: 'Überweisung.txt', bytes: new TextEncoder().encode('booked by the bank') }
  const asked = {
    reconciliationId,
    comparisonId: comparison.comparisonId,
    part: parts[0]!.part,
    type: 'timing' as const,
    amount: '-5.00',
    text: 'see the file',
  }
  await explainBreak(world.context, { ...asked, file, actor: FIONA })
  sealHash = (await sign()).sealHash
  whole = await taken()
  const { code, said } = await recomputed(whole, '--seal', sealHash!)
  expect({ code, said }).toMatchObject({ code: 0 })
  expect(said).toContain('figure of Billing, All accounts, NOK, against the seal')
  expect(said).toContain('difference of Ledger to Billing, All accounts, NOK, and the parts of the seal: -500')
  expect(said).toContain('evidence Überweisung.txt')
  expect(sha256Hex(await readFile(join(whole, 'seal.json')))).toBe(sealHash)
  const lines = await readFile(join(whole, 'lines.csv'), 'utf8')
  expect(lines).toContain(`-${LARGE}`)
  expect(lines).toContain(",'=1+1,")
  const manifest = await readManifest(whole)
  expect(manifest.runs).toMatchObject([{ job: 'billing' }, { job: 'ledger' }])
  expect(manifest.statements[0].sql).toContain('from lines l')
  expect((await readFile(join(whole, 'sheet.pdf'))).subarray(0, 5).toString()).toBe('%PDF-')
}, 60_000)

test('the sheet says why each part is there', async () => {
  const pack = await gatherPack(world.db, { reconciliationId: (await one()).reconciliation_id, scope: ['*'] })
  const { parts } = sheetOf(pack, { by: 'ada', at: new Date() })
  expect(parts).toMatchObject([{ amount: '-5.00', because: 'Both have it, with other amounts' }])
})

/** With every hash, figure and part of its manifest made anew, as whoever changes a line would. */
async function forge(folder: string, seal: (was: { sha256: string }) => unknown) {
  const path = join(folder, 'lines.csv')
  const text = (await readFile(path, 'utf8')).replaceAll('255.50', '250.50')
  await writeFile(path, text)
  await rm(join(folder, 'seal.json'))
  const manifest = await readManifest(folder)
  manifest.files = manifest.files.filter((file: { name: string }) => file.name !== 'seal.json')
  const entry = manifest.files.find((file: { name: string }) => file.name === 'lines.csv')
  Object.assign(entry, { sha256: sha256Hex(text), byteCount: Buffer.byteLength(text) })
  const billing = manifest.figures.find((figure: { side: string }) => figure.side === 'Billing')
  Object.assign(manifest, { seal: seal(manifest.seal), parts: [] })
  manifest.figures = ['Billing', 'Ledger'].map((side) => ({ ...billing, side }))
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest))
}

test.each<[string, (was: { sha256: string }) => unknown]>([
  ['its hash is only written down', ({ sha256 }) => ({ sha256, file: null })],
  ['as if nobody had certified', () => null],
])('without the text of the seal the hash that is known is not met: %s', async (_what, seal) => {
  const change = (folder: string) => forge(folder, seal)
  const { code, said } = await touched(change, '--seal', sealHash!)
  expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining('no text of a seal is here') })
  // Not asked about the seal, it says what it could not see.
  expect(await touched(change)).toMatchObject({ code: 0, said: expect.stringContaining('NOT proved: that anybody signed') })
})

test('a seal that the manifest names and that is not there is named', async () => {
  const { code, said } = await touched((folder) => forge(folder, (was) => was))
  expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining('DIFFERS  seal.json is missing') })
})

test('another hash of the seal than the one that is known is said', async () => {
  expect(await recomputed(whole, '--seal', '0'.repeat(64))).toMatchObject({
    code: 1,
    said: expect.stringContaining('as you know it'),
  })
})

/** Changes files of a copy, runs the script over it, and says how it went. */
async function touched(change: (folder: string) => Promise<unknown>, ...more: string[]) {
  const folder = await newFolder()
  await cp(whole, folder, { recursive: true })
  await change(folder)
  return recomputed(folder, ...more)
}
const flip = (name: string, at: number) => async (folder: string) => {
  const bytes = await readFile(join(folder, name))
  bytes[at < 0 ? bytes.length + at : at]! ^= 1
  await writeFile(join(folder, name), bytes)
}

test.each(['lines.csv', 'seal.json', 'sheet.pdf', 'lines.xlsx', 'README.txt', 'recompute.mjs'])(
  'one byte changed in %s is found and named',
  async (name) => {
    const { code, said } = await touched(flip(name, name === 'recompute.mjs' ? 30 : 300))
    expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining(`DIFFERS  ${name}: bytes and hash`) })
  },
)

test.each<[string, (folder: string) => Promise<unknown>, string]>([
  [
    'a line is dropped, and the manifest says it never was there',
    async (folder) => {
      const path = join(folder, 'lines.csv')
      const lines = (await readFile(path, 'utf8')).split('\r\n')
      const text = lines.filter((line) => !line.includes('INV1')).join('\r\n')
      await writeFile(path, text)
      const manifest = await readManifest(folder)
      const entry = manifest.files.find((file: { name: string }) => file.name === 'lines.csv')
      Object.assign(entry, { sha256: sha256Hex(text), byteCount: Buffer.byteLength(text) })
      manifest.rows = { Billing: 3, Ledger: 3 }
      manifest.figures = manifest.figures.map((figure: { lines: number; keys: number; side: string }) => ({
        ...figure,
        lines: 3,
        keys: 3,
        amount: figure.side === 'Billing' ? '-12345678901234568143.62' : '-12345678901234568148.62',
      }))
      await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest))
    },
    'DIFFERS  figure of Billing, All accounts, NOK, against the seal',
  ],
  [
    'a part is made smaller in manifest and seal',
    async (folder) => {
      for (const name of ['manifest.json', 'seal.json']) {
        const text = await readFile(join(folder, name), 'utf8')
        await writeFile(join(folder, name), text.replaceAll('-5.00', '-4.00'))
      }
    },
    'and the parts of the seal: -500, and it should be -400',
  ],
  ['a file is taken out', (folder) => rm(join(folder, 'lines.xlsx')), 'DIFFERS  lines.xlsx is missing'],
  [
    'a file is put in',
    (folder) => writeFile(join(folder, 'more.txt'), 'x'),
    'DIFFERS  more.txt is in the folder and not in the list',
  ],
  [
    'the manifest names a file outside',
    async (folder) => {
      const manifest = await readManifest(folder)
      manifest.files[0].name = '../../etc/hosts'
      await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest))
    },
    'is no name of a file in this folder',
  ],
])('%s: it is named', async (_what, change, words) => {
  const { code, said } = await touched(change)
  expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining(words) })
})

test('the log says who took what, and a foreign entity is none to be found', async () => {
  const reconciliationId = (await one()).reconciliation_id
  const [event] =
    await world.owner`select actor, object_id, after from audit_events where action = 'evidence.exported' order by event_id desc limit 1`
  expect(event).toMatchObject({ actor: 'ada', object_id: `${reconciliationId}`, after: { sealHash, entity: 'NO01' } })
  const foreign = { ...ADA, entityScope: ['SE01'] }
  await expect(takeEvidencePack(world.context, { reconciliationId, actor: foreign })).rejects.toMatchObject({
    code: 'reconciliation_not_found',
  })
  await expect(takePeriodPack(world.context, { filter: { period: '2026-03' }, actor: foreign })).rejects.toMatchObject({
    code: 'reconciliation_not_found',
  })
})

test('a whole period is one pack, done again with one command', async () => {
  await bill([invoice(9, '8.00', { entity: 'SE01', currency: 'SEK' })])
  await book([invoice(9, '8.00', { entity: 'SE01', currency: 'SEK' })])
  await compare()
  const { entries } = await takePeriodPack(world.context, { filter: { period: '2026-03' }, actor: CARL })
  const folder = await unpacked(entries)
  // The index tells of each pack what the list told of it, taken from the pack.
  const scope = ['*']
  for (const row of await readReconciliationsForExport(world.db, { period: '2026-03', scope }, new Date())) {
    const stood = stoodOf(await gatherPack(world.db, { reconciliationId: row.reconciliationId, scope }))
    const differences = row.differences.map((one) => ({
      currency: one.currency,
      difference: exact(one.difference, one.currency),
      unexplained: exact(one.unexplained, one.currency),
    }))
    expect(stood).toEqual({ differences, preparedBy: row.preparedBy, certifiedBy: row.certifiedBy })
  }
  const { code, said } = await recomputed(folder)
  expect({ code, said }).toMatchObject({ code: 0 })
  const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'))
  expect(index.reconciliations.map(({ entity, stands }: { entity: string; stands: string }) => [entity, stands])).toEqual(
    expect.arrayContaining([
      ['NO01', 'certified'],
      ['SE01', 'not certified'],
    ]),
  )
  expect(said).toContain('NOT proved: that anybody signed')
  const known = await recomputed(folder, '--seal', sealHash!)
  expect(known).toMatchObject({ code: 0, said: expect.stringContaining('ok  the hash of the seal, as you know it: ') })
  expect(known.said).not.toContain('NOT proved: that the seal')
  expect((await recomputed(folder, '--seal', sealHash!, '--seal', '0'.repeat(64))).code).toBe(1)
  await flip(`${index.reconciliations[1].folder}/lines.csv`, -20)(folder)
  expect(await recomputed(folder)).toMatchObject({ code: 1, said: expect.stringContaining('DIFFERS  lines.csv') })
}, 60_000)

test('what superseded it is not in the pack of the certification; the pack of now has no seal', async () => {
  await book([invoice(2, '260.50')])
  await compare()
  const [before] = await world.owner`select certification_id from certifications`
  const folder = await taken(ADA, before!.certification_id)
  expect(await recomputed(folder)).toMatchObject({ code: 0 })
  expect(await readManifest(folder)).toMatchObject({ stands: 'superseded', rows: { Ledger: 4 } })
  const now = await taken()
  expect(await recomputed(now)).toMatchObject({ code: 0 })
  expect(await readManifest(now)).toMatchObject({ stands: 'not certified' })
}, 60_000)

test('a file that was deleted past the program is named as missing evidence, by the pack as well', async () => {
  const [row] = await world.owner`select certification_id from certifications`
  await plant(world, 'delete from evidence')
  const folder = await taken(ADA, row!.certification_id)
  expect(await recomputed(folder)).toMatchObject({ code: 1, said: expect.stringContaining('EVIDENCE MISSING: Überweisung.txt') })
  await addEvidence(world.context, {
    reconciliationId: (await one()).reconciliation_id,
    file: { name: 'again.txt', bytes: new TextEncoder().encode('x') },
    actor: FIONA,
  })
}, 60_000)
