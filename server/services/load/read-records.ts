import { hash, randomInt } from 'node:crypto'
import type { Database } from '#db/client.ts'
import { insertClaims, nameOfClaim, type StatedClaim } from '#db/load/claims.ts'
import { LineCopy } from '#db/load/copy-lines.ts'
import type { Known } from '#db/load/known-lines.ts'
import { insertMembers, type MemberRow } from '#db/load/members.ts'
import { insertMarks, readArtifact } from '#db/queries/artifacts.ts'
import type { RunArtifact } from '#db/queries/runs.ts'
import { DocumentBalance } from '#server/domain/document-balance.ts'
import type { Correction } from '#server/domain/correction.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import type { JudgedMember, Line } from '#server/domain/line.ts'
import { compileTranslation, type MappingEntry } from '#server/domain/mapping/code-mapping.ts'
import { compileLineJudge, type LineJudge } from '#server/domain/mapping/map-line.ts'
import { compileMemberJudge } from '#server/domain/mapping/map-member.ts'
import { isLineType, type Mark, type ObjectType, type RecordBatch } from '#server/domain/record.ts'
import type { Reference } from '#server/domain/reference.ts'
import { SeenKeys } from '#server/domain/seen-keys.ts'
import type { Tally } from '#server/domain/tally.ts'
import { countBytes } from './count-bytes.ts'
import { readingOf, readRecords as parse } from './parse.ts'
import { contentHash } from './content-hash.ts'
import { CorrectedLines } from './corrected-lines.ts'
import { whileHeld, type Holder } from './lost-run.ts'
import { RejectedRecords } from './rejected-records.ts'
import { selectFrom, type SelectedPositions } from './selected-records.ts'
import { StatementRows } from './statement-rows.ts'
import { UnchangedLines } from './unchanged-lines.ts'

export type ReadRequest = {
  readonly db: Database
  readonly run: Holder
  readonly loadId: number
  readonly systemId: number
  readonly firstLineId: number
  readonly job: JobDefinition
  readonly artifacts: readonly RunArtifact[]
  readonly reference: Reference
  /** Of the system, at the version of the run. */
  readonly mapping: readonly MappingEntry[]
  /** By the key of the record they are about; null: nothing is corrected. */
  readonly corrections: ReadonlyMap<string, readonly Correction[]> | null
  /** `entity period` of closed periods: told to a record that fails anyway, so that it hears every reason at once. */
  readonly closedPeriods: ReadonlySet<string>
  /** Counts and sums what is read, as it is read. */
  readonly tally: Tally
  /** To tell at once which records are unchanged; null: the database does, for all of them. */
  readonly known: Known | null
  /** Only these records are read, by artifact; null: all. */
  readonly selected: ((artifactId: number) => Promise<SelectedPositions>) | null
  /** Members that are not selected still count for the lines beside them, as they did then. */
  readonly knowsLeftMembers: boolean
  readonly signal: AbortSignal
  readonly onProgress: (records: number, bytes: number) => void
}

/** What the reading showed of the accepted lines, beside the lines themselves. */
export type ReadOutcome = {
  /** Lines in the load's own place. */
  readonly placed: number
  /** Two of them may have the same key. */
  readonly mayRepeat: boolean
  /** A line that was set aside as unchanged may be named by a record in the place as well. */
  readonly isNamedTwice: boolean
  /** Every document that lost no record balances as it stands in the files. */
  readonly isBalanced: boolean
  readonly rejected: number
  /** Records that were read otherwise than they came. */
  readonly corrected: number
  /** Of the documents that lost a record nothing passed. */
  readonly areLostWhole: boolean
  /** Bank statements, or pages of them. */
  readonly statements: number
}

const BUFFER_ROWS = 2_000

/**
 * Artifacts -> records -> judged by the record rules -> accepted lines into the load's own place, rejected records with
 * every reason into theirs. One pass, streamed, in bounded memory.
 */
export async function readRecords(request: ReadRequest): Promise<ReadOutcome> {
  const { db, job, loadId } = request
  const copy = await LineCopy.open(db, loadId)
  const sink = new Sink(request, copy)
  try {
    let bytesBefore = 0
    for (const artifact of request.artifacts) {
      const counted = countBytes(readArtifact(db, artifact.artifactId), (bytes) =>
        request.onProgress(sink.records, bytesBefore + bytes),
      )
      const marks: Mark[] = []
      sink.selected = (await request.selected?.(artifact.artifactId)) ?? null
      for await (const parsed of parse(job, counted)) {
        request.signal.throwIfAborted()
        if (parsed.kind === 'claims') sink.addClaims(artifact.artifactId, parsed.claims)
        else if (parsed.kind === 'statements') await sink.bank?.addStatements(artifact.artifactId, parsed.statements)
        else await sink.addBatch(artifact.artifactId, parsed)
        if (parsed.kind === 'records' && parsed.next) marks.push(parsed.next)
      }
      await insertMarks(db, artifact.artifactId, readingOf(job), marks)
      bytesBefore += counted.total()
      request.onProgress(sink.records, bytesBefore)
    }
    await copy.end()
    await sink.flush()
  } catch (error) {
    copy.abandon()
    await sink.rejected.idle()
    throw error
  }
  const claims = sink.claims()
  if (claims.length > 0) await whileHeld(db, request.run, (tx) => insertClaims(tx, request.run.runId, claims))
  return {
    placed: sink.placed,
    mayRepeat: sink.keys.mayRepeat,
    isNamedTwice: request.known?.lines.isNamedTwice ?? false,
    isBalanced: sink.balance?.holds ?? false,
    rejected: sink.rejected.count,
    corrected: sink.corrected?.count ?? 0,
    areLostWhole: sink.balance?.areLostWhole ?? false,
    statements: sink.bank?.count ?? 0,
  }
}

const noKeys = () => new SeenKeys([randomInt(2 ** 32), randomInt(2 ** 32)])

class Sink {
  selected: SelectedPositions | null = null
  records = 0
  placed = 0
  readonly keys = noKeys()
  readonly balance: DocumentBalance | null
  readonly rejected: RejectedRecords
  readonly corrected: CorrectedLines | null
  private readonly statements: StatementRows
  private readonly unchanged: UnchangedLines | null
  private readonly tally: Tally
  private readonly stated: StatedClaim[] = []
  private readonly members: MemberRow[] = []
  private columns: readonly string[] | null = null
  private objectType: ObjectType | null = null
  private judgeLine: LineJudge | null = null
  private judgeMember: ((row: readonly string[]) => JudgedMember) | null = null

  constructor(
    private readonly request: ReadRequest,
    private readonly copy: LineCopy,
  ) {
    this.tally = request.tally
    this.rejected = new RejectedRecords(request.db, request.run, request.closedPeriods)
    const { rules, onFailure } = request.job
    this.balance = rules.balanced ? new DocumentBalance(onFailure === 'quarantine' ? noKeys() : null) : null
    this.corrected = request.corrections ? new CorrectedLines(request.db, request, request.corrections) : null
    this.statements = new StatementRows(request.db, { ...request, runId: request.run.runId })
    this.unchanged = request.known ? new UnchangedLines(request.db, request.loadId, request.known) : null
  }

  /** Null where only some records are read: what the bank says of its statements is about all of them. */
  get bank(): StatementRows | null {
    return this.selected ? null : this.statements
  }

  addClaims(artifactId: number, claims: readonly StatedClaim['claim'][]): void {
    // What a source states is about all it sent.
    if (this.selected) return
    const { job, mapping } = this.request
    const translate = compileTranslation(
      mapping.filter((entry) => entry.dimension === 'account'),
      job.mapping.codes.account,
    )
    for (const claim of claims) {
      // A balance has no date of its own: it goes by the newest entry, and does not tie where the lines went by another.
      const mapped =
        claim.kind === 'roll_forward' && translate ? { ...claim, account: translate(claim.account, '') ?? claim.account } : claim
      this.stated.push({ artifactId, claim: mapped })
    }
  }

  /** An API repeats its totals on every page: the last word counts. A file speaks for itself. */
  claims(): readonly StatedClaim[] {
    if (this.request.job.source.type !== 'http') return this.stated
    return [...new Map(this.stated.map((s) => [nameOfClaim(s), s])).values()]
  }

  async addBatch(artifactId: number, batch: RecordBatch): Promise<void> {
    const { job, reference, mapping } = this.request
    const isMain = batch.objectType === job.objectType
    // A file may carry more than the job is about: members come along with lines, lines never with members.
    if (!isMain && (isLineType(batch.objectType) || !isLineType(job.objectType))) return
    if (batch.columns !== this.columns || batch.objectType !== this.objectType) {
      this.columns = batch.columns
      this.objectType = batch.objectType
      this.judgeLine = isLineType(batch.objectType) ? compileLineJudge(job, batch.columns, reference, mapping) : null
      if (this.judgeLine) this.corrected?.compile(job, batch.columns, reference, mapping)
      this.judgeMember = this.judgeLine ? null : compileMemberJudge(job, batch.objectType, batch.columns)
    }
    await this.bank?.addReferences(artifactId, batch)
    const chosen = this.selected ? selectFrom(batch, this.selected) : batch
    if (this.judgeLine) await this.addLines(artifactId, chosen, this.judgeLine)
    else if (this.judgeMember) {
      if (chosen !== batch && this.request.knowsLeftMembers) this.noteMembers(batch, this.judgeMember)
      await this.addMembers(artifactId, chosen, this.judgeMember)
    }
  }

  private noteMembers({ rows, objectType }: RecordBatch, judge: (row: readonly string[]) => JudgedMember): void {
    for (const row of rows) {
      const { member, findings } = judge(row)
      if (!findings) this.request.reference.addMember(objectType, member)
    }
  }

  private async addLines(artifactId: number, batch: RecordBatch, judge: LineJudge): Promise<void> {
    const { line: received } = judge
    const { rows, positions, objectType } = batch
    for (let i = 0; i < rows.length; i++) {
      const asReceived = judge.judge(rows[i]!)
      const id = this.request.firstLineId + this.records++
      // What is extracted is what the source said, whatever is made of it.
      this.tally.addLine(objectType, received)
      const again = this.corrected?.concerns(received)
        ? this.corrected.judgeAgain({ id, artifactId, position: positions[i]!, objectType }, rows[i]!, received)
        : null
      const line = again ? again.line : received
      const findings = again ? again.findings : asReceived
      if (findings) {
        this.balance?.lose(line)
        this.rejected.add({ id, artifactId, position: positions[i]!, objectType }, line, findings)
        if (this.rejected.isFull) await this.rejected.flush()
      } else {
        this.balance?.add(line)
        const behind = this.keep(id, artifactId, positions[i]!, contentHash(line), line)
        if (behind) await behind
      }
      if (this.corrected?.isFull) await this.corrected.flush()
    }
  }

  /** Returns a promise only when something is behind, so that the hot path does not wait a tick per line. */
  private keep(id: number, artifactId: number, position: number, content: string, line: Line): Promise<void> | undefined {
    if (this.unchanged?.setAside(id, artifactId, position, line.sourceKey, content)) {
      return this.unchanged.isFull ? this.unchanged.flush() : undefined
    }
    this.placed++
    this.keys.add(line.sourceKey)
    return this.copy.write(id, artifactId, position, content, line)
  }

  private async addMembers(
    artifactId: number,
    batch: RecordBatch,
    judge: (row: readonly string[]) => JudgedMember,
  ): Promise<void> {
    for (let i = 0; i < batch.rows.length; i++) {
      const { member, sourceKey, findings } = judge(batch.rows[i]!)
      const id = this.request.firstLineId + this.records++
      this.tally.addMember(batch.objectType, member.entity)
      if (findings) {
        const place = { id, artifactId, position: batch.positions[i]!, objectType: batch.objectType }
        this.rejected.addMember(place, sourceKey, member.entity, findings)
      } else {
        if (batch.objectType !== 'fx_rate') this.request.reference.addMember(batch.objectType, member)
        this.members.push({
          artifact_id: artifactId,
          position: batch.positions[i]!,
          dimension: batch.objectType,
          entity: member.entity,
          code: member.code,
          name: member.name,
          valid_from: member.validFrom || null,
          valid_to: member.validTo || null,
          is_active: member.isActive,
          currency: member.currency || null,
          attributes: member.attributes,
          source_key: sourceKey,
          content_hash: hash('sha256', JSON.stringify(member)).slice(0, 32),
        })
      }
      if (this.members.length >= BUFFER_ROWS) await this.flushMembers()
      if (this.rejected.isFull) await this.rejected.flush()
    }
  }

  async flush(): Promise<void> {
    await this.flushMembers()
    await this.rejected.end()
    await this.unchanged?.flush()
    await this.corrected?.flush()
    await this.statements.flush()
  }

  private async flushMembers(): Promise<void> {
    if (this.members.length === 0) return
    const members = this.members.splice(0)
    await insertMembers(this.request.db, this.request.loadId, this.request.systemId, members)
  }
}
