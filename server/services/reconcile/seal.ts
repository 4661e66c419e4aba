import type { EvidenceRow } from '#db/queries/evidence.ts'
import type { MatchesOfRule } from '#db/queries/matches.ts'
import type { Reconciliation } from '#db/queries/reconciliations.ts'
import { KEY_SEPARATOR } from '#db/queries/comparison-sides.ts'
import { z } from 'zod'
import { canonicalJson, sha256Hex } from '#server/platform/hash.ts'
import type { Standing } from './standing-of.ts'

export type EvidenceHash = { readonly name: string; readonly sha256: string; readonly byteCount: number }
export const SEAL_FORMAT = 'finance-control-tower/seal/1'

/**
 * What a certification binds, as canonical JSON, and its SHA-256: definition, publication, figures, parts, explanations, tolerance,
 * evidence, who signed what and when. Amounts are decimal strings in units of their currency; differences are side minus first.
 */
export function sealOf(
  of: Reconciliation,
  standing: Standing,
  { evidence, matches }: { readonly evidence: readonly EvidenceRow[]; readonly matches: readonly MatchesOfRule[] },
  at: Date,
): { seal: string; sealHash: string } {
  const { known, comparison, figures, parts, explanations, rests, signOffs } = standing
  const { definition } = known
  const seal = canonicalJson({
    format: SEAL_FORMAT,
    reconciliation: { name: of.name, title: definition.title, entity: of.entity, period: of.period, version: of.version },
    definition: { version: known.version, body: definition },
    asOfPublication: comparison.asOf,
    comparison: comparison.comparisonId,
    figures: figures.map(({ side, account_group, currency, lines, keys, amount }) => ({
      side: definition.sides[side]!.name,
      accountGroup: account_group,
      currency,
      lines,
      keys,
      amount,
    })),
    parts: parts.map(({ side, account_group, currency, bucket, key, amount, keys, because }) => ({
      side: definition.sides[side]!.name,
      accountGroup: account_group,
      currency,
      bucket,
      key: key.split(KEY_SEPARATOR),
      amount,
      keys,
      because,
    })),
    explanations: explanations.map(
      ({ side, account_group, currency, key, type, amount, text, evidenceId, explainedBy, explainedAt }) => ({
        side: definition.sides[side]!.name,
        accountGroup: account_group,
        currency,
        key: key.split(KEY_SEPARATOR),
        type,
        amount,
        text,
        evidence: evidence.find((file) => file.evidenceId === evidenceId)?.sha256,
        explainedBy,
        explainedAt,
      }),
    ),
    accepted: rests.filter(({ unexplained }) => /[1-9]/.test(unexplained)),
    matches,
    evidence: evidence.map(({ name, sha256, byteCount }) => ({ name, sha256, byteCount })),
    statement: definition.statement,
    signOffs: signOffs
      .filter(({ comparisonId }) => comparisonId === comparison.comparisonId)
      .map(({ act, signedBy, signedAt, comment }) => ({ act, signedBy, signedAt, comment }))
      .reverse(),
    certifiedAt: at.toISOString(),
  })
  return { seal, sealHash: sha256Hex(seal) }
}

const Sealed = z.object({ evidence: z.array(z.object({ name: z.string(), sha256: z.string(), byteCount: z.number() })) })

/** The files that a seal names. */
export function sealedEvidence(seal: string): EvidenceHash[] {
  return Sealed.parse(JSON.parse(seal)).evidence
}
