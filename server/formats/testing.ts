import { Buffer } from 'node:buffer'
import { TechnicalError } from '#server/domain/errors.ts'
import type { BankStatement, Claim, ObjectType } from '#server/domain/record.ts'
import type { Format, LocatedRecord } from '#server/formats/format.ts'

/** What the tests of the formats share: whole answers instead of streams. */
export type ReadResult = {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly positions: readonly number[]
  readonly claims: readonly Claim[]
  readonly statements: readonly BankStatement[]
}

type Sample = string | Uint8Array
type Options = { readonly settings?: unknown; readonly objectType?: ObjectType; readonly chunkSize?: number }

/** Reads a sample and returns the records of one object type, and all claims. */
export async function readSample<S>(format: Format<S>, sample: Sample, options: Options = {}): Promise<ReadResult> {
  const { objectType = 'journal_line' } = options
  const rows: (readonly string[])[] = []
  const positions: number[] = []
  const claims: Claim[] = []
  const statements: BankStatement[] = []
  let columns: readonly string[] = []
  for await (const parsed of format.read(request(format, sample, options))) {
    if (parsed.kind === 'claims') claims.push(...parsed.claims)
    if (parsed.kind === 'statements') statements.push(...parsed.statements)
    if (parsed.kind !== 'records' || parsed.objectType !== objectType) continue
    columns = parsed.columns
    rows.push(...parsed.rows)
    positions.push(...parsed.positions)
  }
  return { columns, rows, positions, claims, statements }
}

export const locateSample = <S>(
  format: Format<S>,
  sample: Sample,
  { position, ...options }: Options & { readonly position: number },
): Promise<LocatedRecord | null> => format.locate({ ...request(format, sample, options), position })

/** "code: detail" of the failure that reading ends in; any other throw passes, so that the test fails by it. */
export async function failureOf(reading: Promise<unknown>): Promise<string> {
  try {
    await reading
    return 'no failure'
  } catch (error) {
    if (error instanceof TechnicalError) return `${error.code}: ${error.detail}`
    throw error
  }
}

/** Cuts and flips bytes of a valid sample, driven by numbers from a property test. */
export function mutated(sample: Uint8Array, changes: readonly (readonly [at: number, byte: number])[], keep: number): Buffer {
  const bytes = Buffer.from(sample.subarray(0, Math.round(sample.length * keep)))
  for (const [at, byte] of changes) if (bytes.length > 0) bytes[Math.floor(at * (bytes.length - 1))] = byte
  return bytes
}

export async function* inChunks(sample: Sample, chunkSize = 64 * 1024): AsyncGenerator<Uint8Array> {
  const bytes = typeof sample === 'string' ? Buffer.from(sample) : sample
  for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize)
}

function request<S>(format: Format<S>, sample: Sample, { settings = {}, objectType = 'journal_line', chunkSize }: Options) {
  return { bytes: inChunks(sample, chunkSize), settings: format.settings.parse(settings), objectType }
}
