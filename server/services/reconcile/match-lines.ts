import { findMatches, insertMatchAct, undoMatchActRow } from '#db/queries/matches.ts'
import { findReconciliationDefinition, lockReconciliation, type Reconciliation } from '#db/queries/reconciliations.ts'
import type { Transaction } from '#db/client.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from '../context.ts'
import { perform, type Audited } from '../perform.ts'
import { audited } from './audited.ts'
import { compare } from './compare.ts'

type Asked = { readonly reconciliationId: number; readonly actor: Actor; readonly idempotencyKey?: string | undefined }

/**
 * Joins lines as a person decided: whole matches that a rule suggests, or chosen lines of a set of equal candidates. It is compared
 * again at once. Throws Refusal (reconciliation_not_found, match_refused).
 */
export async function joinLines(
  context: Context,
  { matches, lines, ...asked }: Asked & { readonly matches: readonly number[]; readonly lines?: readonly number[] | undefined },
): Promise<{ joined: number }> {
  return act(context, asked, { matches, lines }, async (tx, of) => {
    const found = await chosen(tx, of, matches)
    const groups = lines
      ? [
          chosenLines(
            found.flatMap((match) => match.lines),
            lines,
          ),
        ]
      : found.map((match) => match.lines)
    const audit: Audited[] = []
    for (const group of groups) {
      const [first, other] = [group.filter(({ side }) => side === 0), group.filter(({ side }) => side !== 0)]
      if (first.length === 0 || other.length === 0) throw new Refusal('match_refused', 'choose lines of both sides')
      const ids = { first: first.map(({ line_id }) => line_id), other: other.map(({ line_id }) => line_id) }
      const actId = await insertMatchAct(tx, {
        reconciliationId: of.reconciliationId,
        kind: 'joined',
        ...ids,
        by: asked.actor.name,
        at: context.now(),
      })
      audit.push(audited(of, 'reconciliation.lines_joined', { act: actId, ...ids }))
    }
    return { result: { joined: groups.length }, audit }
  })
}

/** Says that lines a rule put together do not belong together. Throws Refusal (reconciliation_not_found, match_refused). */
export async function partLines(
  context: Context,
  { match, ...asked }: Asked & { readonly match: number },
): Promise<{ parted: number }> {
  return act(context, asked, { match }, async (tx, of) => {
    const [found] = await chosen(tx, of, [match])
    const ids = {
      first: found!.lines.filter(({ side }) => side === 0).map(({ line_id }) => line_id),
      other: found!.lines.filter(({ side }) => side !== 0).map(({ line_id }) => line_id),
    }
    const actId = await insertMatchAct(tx, {
      reconciliationId: of.reconciliationId,
      kind: 'parted',
      ...ids,
      by: asked.actor.name,
      at: context.now(),
    })
    return {
      result: { parted: 1 },
      audit: [audited(of, 'reconciliation.lines_parted', { act: actId, rule: found!.rule, ...ids })],
    }
  })
}

/** Takes back what a person said of lines, as a whole. Throws Refusal (reconciliation_not_found, match_refused). */
export async function undoMatchAct(
  context: Context,
  { actId, ...asked }: Asked & { readonly actId: number },
): Promise<{ undone: number }> {
  return act(context, asked, { actId }, async (tx, of) => {
    const { reconciliationId } = of
    if (!(await undoMatchActRow(tx, { reconciliationId, actId, by: asked.actor.name, at: context.now() })))
      throw new Refusal('match_refused', 'it was taken back already')
    return { result: { undone: 1 }, audit: [audited(of, 'reconciliation.match_undone', { act: actId })] }
  })
}

async function act<Result>(
  context: Context,
  { reconciliationId, actor, idempotencyKey }: Asked,
  request: Readonly<Record<string, unknown>>,
  change: (tx: Transaction, of: Reconciliation) => Promise<{ result: Result; audit: readonly Audited[] }>,
): Promise<Result> {
  const asked = { name: 'matchLines' as const, actor, idempotencyKey, request: { reconciliationId, ...request } }
  const done = await perform(context, asked, async (tx) => {
    const of = await lockReconciliation(tx, reconciliationId)
    if (!of || of.comparisonId === null) throw new Refusal('reconciliation_not_found', `${reconciliationId}`)
    if (of.state === 'certified') throw new Refusal('match_refused', 'it is certified; what was sealed is not edited')
    const { result, audit } = await change(tx, of)
    return { result: { result, of }, entities: [of.entity], audit }
  })
  const { name, entity, period } = done.of
  const known = await findReconciliationDefinition(context.db, name)
  if (known) await compare(context, known, { entity, period })
  return done.result
}

async function chosen(tx: Transaction, of: Reconciliation, matches: readonly number[]) {
  const found = await findMatches(tx, of.comparisonId!, matches)
  if (found.length === 0 || found.length < matches.length)
    throw new Refusal('match_refused', 'what you saw was compared again meanwhile')
  return found
}

function chosenLines<Line extends { readonly line_id: number }>(of: readonly Line[], lines: readonly number[]): Line[] {
  const found = of.filter(({ line_id }) => lines.includes(line_id))
  if (found.length < lines.length) throw new Refusal('match_refused', 'a line is not among those to choose from')
  return found
}
