import type { Database } from '#db/client.ts'
import { listRunsUnder, packStatements } from '#db/queries/pack-lines.ts'
import { minorDigitsOf } from '#server/domain/currency.ts'
import type { Pack } from './gather-pack.ts'
import { sheetLinesMax, type LinesSeen } from './pack-lines.ts'

export const PACK_FORMAT = 'finance-control-tower/evidence-pack/1'

export type PackedFile = { readonly name: string; readonly sha256: string; readonly byteCount: number }
export type PackedEvidence = PackedFile & { readonly file: string | null }
type Made = {
  readonly files: readonly PackedFile[]
  readonly evidence: readonly PackedEvidence[]
  readonly seen: LinesSeen
  readonly by: string
  readonly at: Date
}

export const HIDDEN_SEAL =
  'The text of the seal names an entity outside the scope of whoever took this pack, so it does not go along; its hash does.'
export const NO_SEAL = 'Nobody has certified this comparison, so there is no seal. Figures and parts are those of the comparison.'

/** Everything a stranger needs to do it again, and the hash of everything else in the pack. */
export async function packManifest(db: Database, pack: Pack, { files, evidence, seen, by, at }: Made): Promise<object> {
  const { reconciliation, known, compared, body, certification, isSealHidden, figuresNow } = pack
  const currencies = [...new Set([...body.figures, ...body.parts, ...figuresNow].map(({ currency }) => currency))].sort()
  return {
    format: PACK_FORMAT,
    madeAt: at.toISOString(),
    madeBy: by,
    reconciliation: { id: reconciliation.reconciliationId, ...body.reconciliation },
    stands: standsOf(pack),
    asOfPublication: body.asOfPublication,
    comparison: { id: body.comparison, comparedAt: pack.comparedAt },
    definition: { version: known.version, body: body.definition.body },
    seal: certification && {
      certification: certification.certificationId,
      certifiedAt: certification.certifiedAt,
      supersededAt: certification.supersededAt,
      sha256: certification.sealHash,
      file: isSealHidden ? null : 'seal.json',
    },
    note: certification ? (isSealHidden ? HIDDEN_SEAL : null) : NO_SEAL,
    minorDigits: Object.fromEntries(currencies.map((currency) => [currency, minorDigitsOf(currency) ?? 0])),
    figures: body.figures,
    parts: body.parts,
    explanations: body.explanations,
    matches: body.matches,
    signOffs: body.signOffs,
    statement: body.statement,
    rows: seen.rows,
    rowsInSheet: Math.min(seen.sheet.length, sheetLinesMax(pack)),
    statements: packStatements(compared, body.asOfPublication, currencies),
    runs: await listRunsUnder(db, compared, body.asOfPublication),
    evidence,
    files,
  }
}

export function standsOf({ certification }: Pick<Pack, 'certification'>): 'certified' | 'superseded' | 'not certified' {
  if (!certification) return 'not certified'
  return certification.supersededAt === null ? 'certified' : 'superseded'
}
