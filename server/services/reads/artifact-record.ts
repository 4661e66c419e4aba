import type { Database } from '#db/client.ts'
import {
  findArtifactFacts,
  isArtifactWholeInScope,
  listReaders,
  listVerdicts,
  type ArtifactFacts,
  type Reader,
  type Verdict,
} from '#db/queries/artifact-screens.ts'
import { readArtifact } from '#db/queries/artifacts.ts'
import { Refusal } from '#server/domain/errors.ts'
import { OBJECT_TYPES, type ObjectType } from '#server/domain/record.ts'
import { sourceKeyOf } from '../load/source-key.ts'
import { readSourceText, type SourceText } from './source-record.ts'

/** A run over the artifact, and what it made of the record shown; `verdicts` is empty where it said nothing of it. */
export type ReaderRow = Omit<Reader, 'definition' | 'loadId' | 'systemId'> & { readonly verdicts: readonly Verdict[] }

export type RecordShown = {
  readonly objectType: ObjectType
  readonly position: number
  readonly source: SourceText | null
  /** Why there is no text: it could not be read, there is no such record, or it belongs to other entities. */
  readonly absence: { readonly reason: 'unreadable' | 'none' | 'outside_scope'; readonly detail: string } | null
  readonly sourceKey: string | null
}

export type ArtifactView = {
  readonly artifact: ArtifactFacts
  readonly names: readonly string[]
  readonly readers: readonly ReaderRow[]
  /** How the newest reader reads it. */
  readonly format: string
  readonly objectTypes: readonly ObjectType[]
  readonly record: RecordShown | null
  /** Raw bytes hold every entity, so only who may see them all may have them. */
  readonly mayDownload: boolean
  readonly computedAt: string
}

export type ArtifactRequest = {
  readonly artifactId: number
  readonly position?: number | undefined
  readonly objectType?: ObjectType | undefined
  readonly scope: readonly string[]
}

const READERS_MAX = 200

/** An artifact and the record at a place in it. Throws Refusal (artifact_not_found), for one out of scope as well. */
export async function readArtifactView(
  db: Database,
  { artifactId, position, objectType, scope }: ArtifactRequest,
  now: Date,
): Promise<ArtifactView> {
  const [artifact, readers, mayDownload] = await Promise.all([
    findArtifactFacts(db, artifactId),
    listReaders(db, artifactId, scope, READERS_MAX),
    isArtifactWholeInScope(db, artifactId, scope),
  ])
  const [newest] = readers
  if (!artifact || !newest) throw new Refusal('artifact_not_found', `${artifactId}`)
  const shown =
    position === undefined
      ? null
      : await readRecord(db, {
          artifact,
          readers,
          position,
          objectType: objectType ?? newest.definition.objectType,
          mayDownload,
          scope,
        })
  return {
    artifact,
    names: [...new Set(readers.map(({ name }) => name))],
    readers: readers.map(({ definition: _, loadId: __, systemId: ___, ...reader }) => ({
      ...reader,
      verdicts: shown?.verdicts.filter((verdict) => isOf(reader, verdict)) ?? [],
    })),
    format: newest.definition.format.type,
    objectTypes:
      newest.definition.format.type === 'saf-t'
        ? OBJECT_TYPES.filter((type) => type !== 'budget_line' && type !== 'period_balance')
        : [newest.definition.objectType],
    record: shown?.record ?? null,
    mayDownload,
    computedAt: now.toISOString(),
  }
}

export type ArtifactDownload = { readonly name: string; readonly byteCount: number; readonly bytes: AsyncIterable<Uint8Array> }

/** The bytes as received. Throws Refusal (artifact_not_found, outside_entity_scope). */
export async function readArtifactBytes(db: Database, artifactId: number, scope: readonly string[]): Promise<ArtifactDownload> {
  const [artifact, [newest]] = await Promise.all([findArtifactFacts(db, artifactId), listReaders(db, artifactId, scope, 1)])
  if (!artifact || !newest) throw new Refusal('artifact_not_found', `${artifactId}`)
  if (!(await isArtifactWholeInScope(db, artifactId, scope)))
    throw new Refusal('outside_entity_scope', 'the file holds records of other entities')
  return { name: newest.name, byteCount: artifact.byteCount, bytes: readArtifact(db, artifactId) }
}

type Wanted = {
  artifact: ArtifactFacts
  readers: readonly Reader[]
  position: number
  objectType: ObjectType
  mayDownload: boolean
  scope: readonly string[]
}

async function readRecord(
  db: Database,
  { artifact, readers, position, objectType, mayDownload, scope }: Wanted,
): Promise<{ record: RecordShown; verdicts: readonly Verdict[] }> {
  const [newest] = readers
  const runs = readers.filter(({ isPreview }) => !isPreview)
  const located = await readSourceText(db, newest!.definition, { ...artifact, objectType, position }, mayDownload)
  const place = { objectType, position }
  if (!located.found) {
    const absence =
      located.problem === null
        ? ({ reason: 'none', detail: '' } as const)
        : ({ reason: 'unreadable', detail: located.problem } as const)
    return { record: { ...place, source: null, absence, sourceKey: null }, verdicts: [] }
  }
  const sourceKey = sourceKeyOf(
    newest!.definition,
    objectType,
    located.found && { position, text: located.found.text, cells: located.found.cells },
  )
  const verdicts = await listVerdicts(db, {
    artifactId: artifact.artifactId,
    ...place,
    sourceKey,
    runIds: runs.map(({ runId }) => runId),
  })
  const isSeen = (entity: string) => entity === '' || scope.includes('*') || scope.includes(entity)
  const isInScope = mayDownload || (verdicts.length > 0 && verdicts.every(({ entity }) => isSeen(entity)))
  if (!isInScope)
    return { record: { ...place, source: null, absence: { reason: 'outside_scope', detail: '' }, sourceKey: null }, verdicts: [] }
  return { record: { ...place, source: located.found, absence: null, sourceKey }, verdicts }
}

const isOf = ({ runId, publication }: { runId: number; publication: number | null }, verdict: Verdict): boolean =>
  verdict.kind === 'line' ? verdict.publication === publication : verdict.runId === runId
