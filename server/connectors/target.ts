import type { z } from 'zod'
import { TechnicalError, type TechnicalCode } from '#server/domain/errors.ts'
import type { FoundDocument, ItemOperation } from '#server/domain/delivery.ts'
import type { ObjectType } from '#server/domain/record.ts'
import type { SourceCall } from './connector.ts'

/** A canonical line as a target is told of it. Amounts are decimal strings in units of the currency. */
export type DeliveredLine = {
  readonly sourceKey: string
  readonly account: string
  readonly costCentre: string | null
  readonly project: string | null
  readonly counterparty: string | null
  readonly accountingStatus: string
  readonly description: string | null
  readonly effectiveOn: string | null
  readonly postedOn: string | null
  readonly debit: string
  readonly credit: string
}

export type TargetSlice = {
  readonly entity: string
  readonly period: string
  readonly version: string
  readonly currency: string
}

/** A document as it shall stand at the target. `replaces`: the target's number of the state it takes the place of. */
export type TargetDocument = TargetSlice & {
  readonly key: string
  readonly idempotencyKey: string
  readonly operation: ItemOperation
  readonly objectType: ObjectType
  readonly contentHash: string
  readonly replaces: string | null
  readonly lines: readonly DeliveredLine[]
}

export type DocumentAnswer =
  | { readonly key: string; readonly outcome: 'taken'; readonly reference: string }
  | { readonly key: string; readonly outcome: 'refused'; readonly code: string; readonly message: string }

export type TargetTotal = TargetSlice & { readonly count: number; readonly debit: string; readonly credit: string }

export type TargetRequest<Settings> = {
  readonly settings: Settings
  /** Whose documents these are: a target serves many senders and keeps them apart. */
  readonly sender: string
  readonly signal: AbortSignal
  readonly credential: (environmentVariable: string) => string | undefined
  readonly onCall?: ((call: SourceCall) => void) | undefined
}

/**
 * A system that takes documents, one by one known by a natural key. Throws TechnicalError; retries nothing by itself. One contract
 * test, in targets.test.ts, that every target must pass.
 */
export type DocumentTarget<Settings> = {
  readonly kind: 'documents'
  readonly settings: z.ZodType<Settings>
  open(request: TargetRequest<Settings>): DocumentSession
}

export type DocumentSession = {
  /** Documents in one request, at most. */
  readonly batchSize: number
  /** How long the target may still be at work: after what we sent, where nobody saw how that ended. */
  readonly askAfterMs: number
  /** The same after an answer was seen to be lost. */
  readonly settleMs: number
  /** Everything it holds under these keys. */
  find(keys: readonly string[]): Promise<readonly FoundDocument[]>
  /** One answer a document. What it throws says whether anything may have been taken: see mayBeTaken. */
  send(documents: readonly TargetDocument[]): Promise<readonly DocumentAnswer[]>
  /** What it holds of the sender in these slices, added up by the target itself. */
  totals(slices: readonly TargetSlice[]): Promise<readonly TargetTotal[]>
  close(): void
}

/** A folder that takes one file a publication, and shows it again for as long as nobody takes it from there. */
export type FileTarget<Settings> = {
  readonly kind: 'file'
  readonly settings: z.ZodType<Settings>
  /**
   * Makes the file appear whole under its name, or finds it there already with these very bytes. `willAppear` is waited for just before:
   * until then nobody has seen anything of it, and afterwards nobody has where it throws NotPlaced.
   */
  place(
    request: TargetRequest<Settings>,
    name: string,
    bytes: AsyncIterable<Uint8Array>,
    willAppear: () => Promise<void>,
  ): Promise<PlacedFile>
  /** What became of a file that was placed. gone: there is none of that name any more. */
  find(request: TargetRequest<Settings>, name: string, bytes: AsyncIterable<Uint8Array>): Promise<'there' | 'differs' | 'gone'>
  /** Throws TechnicalError (target_file_gone). */
  read(request: TargetRequest<Settings>, name: string): AsyncIterable<Uint8Array>
}

/** The folder itself said that it made nothing. Everything else that comes after `willAppear` leaves it open. */
export class NotPlaced extends TechnicalError {}

/** differs: a file of this name is there, with other content; it was left as it is. */
export type PlacedFile = { readonly outcome: 'placed' | 'there' | 'differs'; readonly sha256: string }

/** What proves that nothing was taken. Everything else leaves it open: a gateway answers 503 after the commit as well. */
const NOT_TAKEN: readonly TechnicalCode[] = [
  'target_unreachable',
  'target_throttled',
  'target_credential_refused',
  'target_credential_missing',
  'target_endpoint_unknown',
  'target_refused',
]

export const mayBeTaken = (error: unknown): boolean => !(error instanceof TechnicalError && NOT_TAKEN.includes(error.code))
