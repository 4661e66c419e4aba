import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { readArtifact } from '#db/queries/artifacts.ts'
import { listRunArtifacts } from '#db/queries/runs.ts'
import { useDatabase } from '#db/testing/database.ts'
import { COLUMNS, ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { load, type JobInput } from '#db/testing/load.ts'
import { publishedHash } from '#db/testing/published.ts'
import { verify } from './verify.ts'

const world = useDatabase()

/** Nothing compresses it, so that an index row of PostgreSQL cannot hold it. */
const LONG = randomBytes(4_000).toString('hex')
const header = COLUMNS.join(',')

test.each<{ what: string; file: string | Uint8Array; job?: Partial<JobInput>; class: string; code: string }>([
  { what: 'nothing', file: '', class: 'technical_permanent', code: 'file_empty' },
  { what: 'half a header', file: header.slice(0, -30), class: 'technical_permanent', code: 'file_columns_wrong' },
  { what: 'a quote left open', file: `${header}\n"L1`, class: 'technical_permanent', code: 'file_malformed' },
  { what: 'UTF-16', file: Buffer.from(`\uFEFF${header}`, 'utf16le'), class: 'technical_permanent', code: 'file_encoding_wrong' },
  {
    what: 'a key of 8,000 characters',
    file: ledgerCsv([{ id: LONG, document: 'D1' }]),
    class: 'business',
    code: 'text_too_long',
  },
  {
    what: 'an entity of 8,000 characters',
    file: ledgerCsv([{ id: '1', entity: LONG }]),
    class: 'business',
    code: 'text_too_long',
  },
  {
    what: 'a version of 8,000 characters',
    file: ledgerCsv([{ id: '1', version: LONG }]),
    class: 'business',
    code: 'text_too_long',
  },
  {
    what: 'an account of 8,000 characters',
    file: ledgerCsv([{ id: '1', account: LONG }]),
    class: 'business',
    code: 'text_too_long',
  },
  {
    what: 'a document of 8,000 characters',
    file: ledgerCsv([{ id: '1', document: LONG }]),
    class: 'business',
    code: 'text_too_long',
  },
])('$what: nothing is published, the file is kept, and somebody is told in words', async ({ what, file, ...expected }) => {
  const before = await publishedHash(world.db)
  const job = ledgerJob({ job: what.replace(/\W+/g, '-').toLowerCase(), ...expected.job })
  const report = await load(world.context, job, file)
  expect(report.exceptions).toMatchObject([{ class: expected.class, code: expected.code }])
  expect(report.outcome).toBe(expected.class === 'business' ? 'held' : 'failed')
  expect(await publishedHash(world.db)).toBe(before)
  const [artifact] = await listRunArtifacts(world.db, report.runId)
  const kept: Uint8Array[] = []
  for await (const piece of readArtifact(world.db, artifact!.artifactId)) kept.push(piece)
  expect(Buffer.concat(kept).equals(Buffer.from(file))).toBe(true)
  expect((await verify(world.context)).sound).toBe(true)
})
