import type { Database } from '#db/client.ts'
import { findArtifactFacts, isArtifactWholeInScope, type ArtifactFacts } from '#db/queries/artifact-screens.ts'
import {
  findLineFacts,
  findPublications,
  findReadingRun,
  type LineFacts,
  type PublicationFacts,
} from '#db/queries/line-screens.ts'
import { listAppliedAt, type CorrectionOnScreen } from '#db/queries/correction-screens.ts'
import { findLineHistory, type LineRow } from '#db/queries/lines.ts'
import { findDelivery } from '#db/queries/run-detail.ts'
import { findRun } from '#db/queries/runs.ts'
import type { Certainty } from '#server/domain/certainty.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { FieldSource, JobDefinition, LineField } from '#server/domain/job.ts'
import { DEFAULTS } from '#server/domain/mapping/map-line.ts'
import { readCertainty } from './certainty.ts'
import { readNames } from './member-names.ts'
import { readSourceText, type Located } from './source-record.ts'

/** Where a canonical field came from. `wrote`: what the source wrote there; null where the source had no say. */
export type FieldOrigin = {
  readonly field: LineField
  readonly value: string | null
  readonly from: FieldSource | null
  readonly wrote: string | null
}

export type LineDetail = {
  readonly line: LineRow
  readonly facts: LineFacts
  /** Newest first; every one of them, of the entities in scope. */
  readonly history: readonly LineRow[]
  readonly publications: readonly PublicationFacts[]
  readonly names: { readonly entity: string | null; readonly account: string | null; readonly costCentre: string | null }
  readonly artifact: ArtifactFacts & { readonly name: string | null }
  readonly mayDownload: boolean
  /** Null when no run is known to have read the artifact for this line. */
  readonly reading: {
    readonly runId: number
    readonly job: string
    readonly jobVersion: number
    readonly title: string
    readonly definition: JobDefinition
  } | null
  readonly source: Located
  readonly origins: readonly FieldOrigin[]
  /** That it was read with. */
  readonly corrections: readonly CorrectionOnScreen[]
  readonly certainty: Certainty
  readonly computedAt: string
}

export type LineRequest = { readonly lineId: number; readonly publication: number; readonly scope: readonly string[] }

/** A line, beside the record it was read from. Throws Refusal (line_not_found), for a line out of scope as well. */
export async function readLineDetail(db: Database, { lineId, publication, scope }: LineRequest, now: Date): Promise<LineDetail> {
  const found = await findLineHistory(db, lineId, scope)
  const history = found.map((row) => ({ ...row, lineId: Number(row.lineId) }))
  const line = history.find((row) => row.lineId === lineId)
  const facts = await findLineFacts(db, lineId, scope)
  if (!line || !facts) throw new Refusal('line_not_found', `${lineId}`)
  const at = { publication: Math.max(publication, line.loadedAtPub), scope }
  const [runId, artifact, mayDownload, publications, entityName, accountName, costCentreName] = await Promise.all([
    findReadingRun(db, line.artifactId, line.loadedAtPub),
    findArtifactFacts(db, line.artifactId),
    isArtifactWholeInScope(db, line.artifactId, scope),
    findPublications(db, [
      ...new Set(history.flatMap((row) => [row.loadedAtPub, ...(row.supersededAtPub === null ? [] : [row.supersededAtPub])])),
    ]),
    readNames(db, 'entity', [line.entity], at),
    readNames(db, 'account', [line.account], at),
    readNames(db, 'cost_centre', line.costCentre === null ? [] : [line.costCentre], at),
  ])
  if (!artifact) throw new Refusal('artifact_not_found', `${line.artifactId}`)
  const run = runId === null ? null : await findRun(db, runId)
  const delivery = runId === null ? null : await findDelivery(db, runId, line.artifactId)
  const source: Located = run
    ? await readSourceText(db, run.job, { ...artifact, objectType: line.objectType, position: line.position }, mayDownload)
    : { found: null, problem: 'No run is known that read it' }
  const { entity, period, version } = line
  return {
    line,
    facts,
    history,
    publications,
    names: {
      entity: entityName(line.entity),
      account: accountName(line.account, line.system),
      costCentre: costCentreName(line.costCentre ?? '', line.system),
    },
    artifact: { ...artifact, name: delivery?.name ?? null },
    mayDownload,
    reading:
      run && runId !== null
        ? { runId, job: run.job.job, jobVersion: run.run.jobVersion, title: run.job.title, definition: run.job }
        : null,
    source,
    origins: originsOf(line, run?.job ?? null, source),
    corrections:
      runId === null ? [] : await listAppliedAt(db, { runId, artifactId: line.artifactId, position: line.position, scope }),
    certainty: (await readCertainty(db, { entity, period, version, scope }, publication))(line),
    computedAt: now.toISOString(),
  }
}

function originsOf(line: LineRow, job: JobDefinition | null, { found }: Located): FieldOrigin[] {
  const cells = new Map(found?.cells.map(({ column, value }) => [column, value]))
  return FIELDS.map(([field, read]) => {
    const from =
      job && found ? (job.mapping.fields[field] ?? (cells.has(field) ? { column: field } : DEFAULTS[field]) ?? null) : null
    return { field, value: read(line), from, wrote: from ? wroteOf(from, cells) : null }
  }).filter(({ value, wrote }) => value !== null || (wrote !== null && wrote !== ''))
}

function wroteOf(from: FieldSource, cells: ReadonlyMap<string, string>): string | null {
  if ('column' in from) return cells.get(from.column) ?? null
  if ('firstOf' in from)
    return from.firstOf.map((column) => cells.get(column)).find((value) => value !== undefined && value.trim() !== '') ?? null
  return 'calendar' in from ? (cells.get(from.calendar) ?? null) : null
}

const FIELDS: readonly (readonly [LineField, (line: LineRow) => string | null])[] = [
  ['entity', (line) => line.entity],
  ['period', (line) => line.period],
  ['version', (line) => line.version],
  ['currency', (line) => line.currency],
  ['account', (line) => line.account],
  ['debit', (line) => line.debit],
  ['credit', (line) => line.credit],
  ['amount', () => null],
  ['cost_centre', (line) => line.costCentre],
  ['project', (line) => line.project],
  ['counterparty', (line) => line.counterparty],
  ['document', (line) => line.document],
  ['description', (line) => line.description],
  ['effective_on', (line) => line.effectiveOn],
  ['posted_on', (line) => line.postedOn],
  ['accounting_status', (line) => line.accountingStatus],
]
