import type { Queryable } from '#db/client.ts'
import {
  findClassifiable,
  listClassificationRules,
  listUnnamed,
  type ClassificationRuleRow,
  type UnnamedRow,
} from '#db/queries/classification.ts'
import { seesEntity } from '#server/domain/actor.ts'
import { Refusal, type FailureClass } from '#server/domain/errors.ts'
import { matchesRule } from '#server/domain/failure-names/name-failure.ts'
import { phraseOf, phraseProblem } from '#server/domain/failure-names/phrase.ts'
import { CLASSIFIABLE, classOf, titleOf, type FailureCode, type Said } from '#server/domain/failure-names/said.ts'

export type Choice = { readonly code: FailureCode; readonly failureClass: FailureClass; readonly title: string }

export type Classification = {
  readonly exceptionId: number
  readonly revision: number
  readonly title: string
  readonly detail: string
  readonly job: string
  readonly system: string
  readonly said: Said
  /** Who gave it the name it has; null: it has none. */
  readonly named: { readonly by: string; readonly ruleId: number | null } | null
  readonly choices: readonly Choice[]
  /** What a rule could go by: its codes, and its sentences without what differs from time to time. */
  readonly proposals: { readonly codes: readonly string[]; readonly phrases: readonly string[] }
  readonly preview: RulePreview | null
}

/** What a rule would have named of what was kept without a name. */
export type RulePreview = {
  readonly match: 'code' | 'phrase'
  readonly value: string
  /** Why it cannot be kept like this; null: it can. */
  readonly problem: string | null
  readonly rows: readonly UnnamedRow[]
  readonly matched: number
  /** Kept failures of the system without a name that were looked at, and whether there are more. */
  readonly looked: number
  readonly isCut: boolean
}

const LOOKED_MAX = 5_000
const SHOWN_MAX = 50

type Asked = {
  readonly exceptionId: number
  readonly match?: 'code' | 'phrase' | undefined
  readonly value?: string | undefined
  readonly scope: readonly string[]
}

/** An exception without a name, what may be said of it, and what a rule would have matched. Throws Refusal (exception_not_found, exception_named). */
export async function readClassification(db: Queryable, { exceptionId, match, value, scope }: Asked): Promise<Classification> {
  const row = await findClassifiable(db, exceptionId)
  if (!row || (row.entities.length > 0 && !row.entities.some((entity) => seesEntity({ entityScope: scope }, entity))))
    throw new Refusal('exception_not_found', `${exceptionId}`)
  const { revision, title, detail, job, system, said, classifiedBy } = row
  if (row.failureClass !== 'unclassified' && classifiedBy === null) throw new Refusal('exception_named', title)
  const phrases = [...new Set(said.texts.map((text) => phraseOf(text)))].filter((phrase) => phraseProblem(phrase) === null)
  return {
    exceptionId,
    revision,
    title,
    detail,
    job,
    system,
    said,
    named: classifiedBy === null ? null : { by: classifiedBy, ruleId: row.ruleId },
    choices: CLASSIFIABLE.map((code) => ({ code, failureClass: classOf(code), title: titleOf(code) })),
    proposals: { codes: [...new Set(said.codes)], phrases },
    preview: match && value ? await previewRule(db, row.systemId, said, { match, value }) : null,
  }
}

async function previewRule(
  db: Queryable,
  systemId: number,
  said: Said,
  rule: { readonly match: 'code' | 'phrase'; readonly value: string },
): Promise<RulePreview> {
  const found = await listUnnamed(db, systemId, LOOKED_MAX + 1)
  const looked = found.slice(0, LOOKED_MAX)
  const rows = looked.filter((row) => matchesRule(rule, row.said))
  const problem = rule.match === 'phrase' ? phraseProblem(rule.value) : null
  const missed = matchesRule(rule, said) ? null : `this ${rule.match} does not match the failure it is made for`
  return {
    ...rule,
    problem: problem ?? missed,
    rows: rows.slice(0, SHOWN_MAX),
    matched: rows.length,
    looked: looked.length,
    isCut: found.length > LOOKED_MAX,
  }
}

export type ClassificationRulesView = {
  readonly rules: readonly (ClassificationRuleRow & { readonly failureClass: FailureClass; readonly title: string })[]
  readonly inForce: number
}

export async function readClassificationRules(db: Queryable): Promise<ClassificationRulesView> {
  const rules = await listClassificationRules(db)
  return {
    rules: rules.map((rule) => ({ ...rule, failureClass: classOf(rule.code), title: titleOf(rule.code) })),
    inForce: rules.filter(({ withdrawnAt }) => withdrawnAt === null).length,
  }
}
