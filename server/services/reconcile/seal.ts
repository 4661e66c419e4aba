import { z } from 'zod'
import type { EvidenceRow } from '#db/queries/evidence.ts'
import type { MatchesOfRule } from '#db/queries/matches.ts'
import type { Reconciliation } from '#db/queries/reconciliations.ts'
import { KEY_SEPARATOR } from '#db/queries/comparison-sides.ts'
import { BUCKETS, EXPLANATION_TYPES, SIGN_OFF_ACTS } from '#server/domain/reconciliation/state.ts'
import { canonicalJson, sha256Hex } from '#server/platform/hash.ts'
import type { Standing } from './standing-of.ts'

export const SEAL_FORMAT = 'finance-control-tower/seal/1'

const Figure = z.object({ side: z.string(), accountGroup: z.string(), currency: z.string(), amount: z.string() })
const EvidenceHash = z.object({ name: z.string(), sha256: z.string(), byteCount: z.number() })
export type EvidenceHash = z.infer<typeof EvidenceHash>

/** What a certification binds. Amounts are decimal strings in units of their currency; differences are side minus first. */
export const SealBody = z.object({
  format: z.literal(SEAL_FORMAT),
  reconciliation: z.object({ name: z.string(), title: z.string(), entity: z.string(), period: z.string(), version: z.string() }),
  definition: z.object({ version: z.number(), body: z.unknown() }),
  asOfPublication: z.number(),
  comparison: z.number(),
  figures: z.array(Figure.extend({ lines: z.number(), keys: z.number() })),
  parts: z.array(
    Figure.extend({
      bucket: z.enum(BUCKETS),
      key: z.array(z.string()),
      keys: z.number(),
      because: z.record(z.string(), z.unknown()),
    }),
  ),
  explanations: z.array(
    Figure.extend({
      key: z.array(z.string()),
      type: z.enum(EXPLANATION_TYPES),
      text: z.string(),
      /** The hash of the file it rests on. */
      evidence: z.string().optional(),
      explainedBy: z.string(),
      explainedAt: z.string(),
    }),
  ),
  accepted: z.array(z.unknown()),
  /** What rules let pass one by one, and items of earlier periods. */
  budget: z.array(z.unknown()),
  broughtForward: z.array(
    Figure.extend({ key: z.array(z.string()), since: z.string(), movedNow: z.string(), isCleared: z.boolean() }),
  ),
  matches: z.array(
    z.object({ rule: z.string(), state: z.string(), matches: z.number(), lines: z.number(), linesHash: z.string() }),
  ),
  evidence: z.array(EvidenceHash),
  statement: z.string(),
  signOffs: z.array(z.object({ act: z.enum(SIGN_OFF_ACTS), signedBy: z.string(), signedAt: z.string(), comment: z.string() })),
})
export type SealBody = z.infer<typeof SealBody>
export type Bound = { readonly evidence: readonly EvidenceRow[]; readonly matches: readonly MatchesOfRule[] }

/** How a reconciliation stands, as a seal says it. */
export function sealBodyOf(of: Reconciliation, standing: Standing, { evidence, matches }: Bound): SealBody {
  const { known, comparison, figures, parts, explanations, rests, budget, broughtForward, signOffs } = standing
  const { definition } = known
  const nameOf = (side: number) => definition.sides[side]!.name
  return {
    format: SEAL_FORMAT,
    reconciliation: { name: of.name, title: definition.title, entity: of.entity, period: of.period, version: of.version },
    definition: { version: known.version, body: definition },
    asOfPublication: comparison.asOf,
    comparison: comparison.comparisonId,
    figures: figures.map(({ side, account_group: accountGroup, currency, lines, keys, amount }) => ({
      side: nameOf(side),
      accountGroup,
      currency,
      lines,
      keys,
      amount,
    })),
    parts: parts.map(({ side, account_group: accountGroup, currency, bucket, key, amount, keys, because }) => ({
      side: nameOf(side),
      accountGroup,
      currency,
      bucket,
      key: key.split(KEY_SEPARATOR),
      amount,
      keys,
      because: { ...because },
    })),
    explanations: explanations.map((one) => ({
      side: nameOf(one.side),
      accountGroup: one.account_group,
      currency: one.currency,
      key: one.key.split(KEY_SEPARATOR),
      type: one.type,
      amount: one.amount,
      text: one.text,
      evidence: evidence.find((file) => file.evidenceId === one.evidenceId)?.sha256,
      explainedBy: one.explainedBy,
      explainedAt: one.explainedAt,
    })),
    accepted: rests.filter(({ unexplained }) => /[1-9]/.test(unexplained)),
    budget: [...budget],
    broughtForward: broughtForward.map(({ side, account_group, currency, key, amount, since, movedNow, isCleared }) => ({
      side: nameOf(side),
      accountGroup: account_group,
      currency,
      key: key.split(KEY_SEPARATOR),
      amount,
      since,
      movedNow,
      isCleared,
    })),
    matches: [...matches],
    evidence: evidence.map(({ name, sha256, byteCount }) => ({ name, sha256, byteCount })),
    statement: definition.statement,
    signOffs: signOffs
      .filter(({ comparisonId }) => comparisonId === comparison.comparisonId)
      .map(({ act, signedBy, signedAt, comment }) => ({ act, signedBy, signedAt, comment }))
      .reverse(),
  }
}

/** What a certification binds, as canonical JSON, and its SHA-256. */
export function sealOf(of: Reconciliation, standing: Standing, bound: Bound, at: Date): { seal: string; sealHash: string } {
  const seal = canonicalJson({ ...sealBodyOf(of, standing, bound), certifiedAt: at.toISOString() })
  return { seal, sealHash: sha256Hex(seal) }
}

const Evidence = z.object({ evidence: z.array(EvidenceHash) })

/** The files that a seal names. */
export const sealedEvidence = (seal: string): EvidenceHash[] => Evidence.parse(JSON.parse(seal)).evidence
