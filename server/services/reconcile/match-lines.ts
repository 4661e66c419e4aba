import { findComparison } from '#db/queries/comparisons.ts'
import { findMatches, insertMatchAct, listMatchActs, listUnexplainedLines, undoMatchActRow } from '#db/queries/matches.ts'
import {
  findDefinitionOf,
  findDefinitionVersion,
  forgetLook,
  lockReconciliation,
  type Reconciliation,
} from '#db/queries/reconciliations.ts'
import type { Transaction } from '#db/client.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { namesItems } from '#server/domain/reconciliation/definition.ts'
import type { Context } from '../context.ts'
import { perform, type Audited } from '../perform.ts'
import { audited } from './audited.ts'
import { compare } from './compare.ts'
import { restate, SINCE_COMPARED } from './restate.ts'

type Asked = { readonly reconciliationId: number; readonly actor: Actor; readonly idempotencyKey?: string | undefined }
/** Matches are numbered within the comparison that was looked at. */
type AskedOfMatches = Asked & { readonly comparisonId: number }

/**
 * Joins lines as a person decided: whole matches that a rule suggests, or chosen lines of a set of equal candidates. It is compared
 * again at once. Throws Refusal (reconciliation_not_found, match_refused).
 */
export async function joinLines(
  context: Context,
  {
    matches,
    lines,
    comparisonId,
    ...asked
  }: AskedOfMatches & { readonly matches: readonly number[]; readonly lines?: readonly number[] | undefined },
): Promise<{ joined: number }> {
  return act(context, asked, { comparisonId, matches, lines }, async (tx, of) => {
    const found = await chosen(tx, of, comparisonId, matches)
    const groups = lines
      ? [
          chosenLines(
            found.flatMap((match) => match.lines),
            lines,
          ),
        ]
      : found.map((match) => match.lines)
    const audit = await insertJoined(tx, of, groups, { by: asked.actor.name, at: context.now() })
    return { result: { joined: groups.length }, audit }
  })
}

/**
 * Joins the lines of unexplained parts that no rule put together. What they differ in is still to be explained. Throws Refusal
 * (reconciliation_not_found, match_refused).
 */
export async function joinParts(
  context: Context,
  { parts, comparisonId, ...asked }: AskedOfMatches & { readonly parts: readonly number[] },
): Promise<{ joined: number }> {
  return act(context, asked, { comparisonId, parts }, async (tx, of) => {
    const found = of.comparisonId === comparisonId ? await listUnexplainedLines(tx, comparisonId, parts) : []
    if (new Set(found.map(({ part }) => part)).size < new Set(parts).size) throw new Refusal('match_refused', SINCE_COMPARED)
    const { definition } = await findDefinitionVersion(
      tx,
      of.definitionId,
      (await findComparison(tx, comparisonId))!.definitionVersion,
    )
    if (!namesItems(definition.key)) throw new Refusal('match_refused', 'balances are compared here, and no single lines')
    if (new Set(found.map((line) => `${line.of} ${line.currency}`)).size > 1)
      throw new Refusal('match_refused', 'choose lines of one currency and one side beside the first')
    const audit = await insertJoined(tx, of, [found], { by: asked.actor.name, at: context.now() })
    return { result: { joined: 1 }, audit }
  })
}

type Line = { readonly side: number; readonly line_id: number }

/** Each line once: whoever comes second is told who was first. */
async function insertJoined(
  tx: Transaction,
  of: Reconciliation,
  groups: readonly (readonly Line[])[],
  who: { by: string; at: Date },
) {
  const acts = (await listMatchActs(tx, of.reconciliationId)).filter(({ kind }) => kind === 'joined')
  const joinedBy = new Map(acts.flatMap((act) => [...act.firstLineIds, ...act.otherLineIds].map((line) => [line, act.actedBy])))
  const audit: Audited[] = []
  for (const group of groups) {
    const before = group.find(({ line_id }) => joinedBy.has(line_id))
    if (before) throw new Refusal('match_refused', `${joinedBy.get(before.line_id)} joined a line of it a moment ago`)
    const idsOf = (isFirst: boolean) => group.filter(({ side }) => (side === 0) === isFirst).map(({ line_id }) => line_id)
    const ids = { first: idsOf(true), other: idsOf(false) }
    if (ids.first.length === 0 || ids.other.length === 0) throw new Refusal('match_refused', 'choose lines of both sides')
    const actId = await insertMatchAct(tx, { reconciliationId: of.reconciliationId, kind: 'joined', ...ids, ...who })
    audit.push(audited(of, 'reconciliation.lines_joined', { act: actId, ...ids }))
  }
  return audit
}

/** Says that lines a rule put together do not belong together. Throws Refusal (reconciliation_not_found, match_refused). */
export async function partLines(
  context: Context,
  { match, comparisonId, ...asked }: AskedOfMatches & { readonly match: number },
): Promise<{ parted: number }> {
  return act(context, asked, { comparisonId, match }, async (tx, of) => {
    const [found] = await chosen(tx, of, comparisonId, [match])
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
    // Until the comparison below, which may never come, nothing is signed that counts it otherwise.
    await restate(tx, of)
    await forgetLook(tx, reconciliationId)
    return { result: { result, of }, entities: [of.entity], audit }
  })
  const { entity, period } = done.of
  const known = await findDefinitionOf(context.db, reconciliationId)
  if (known) await compare(context, known, { entity, period })
  return done.result
}

async function chosen(tx: Transaction, of: Reconciliation, comparisonId: number, matches: readonly number[]) {
  const found = of.comparisonId === comparisonId ? await findMatches(tx, comparisonId, matches) : []
  if (found.length === 0 || found.length < matches.length) throw new Refusal('match_refused', SINCE_COMPARED)
  return found
}

function chosenLines<Line extends { readonly line_id: number }>(of: readonly Line[], lines: readonly number[]): Line[] {
  const found = of.filter(({ line_id }) => lines.includes(line_id))
  if (found.length < lines.length) throw new Refusal('match_refused', 'a line is not among those to choose from')
  return found
}
