import { z } from 'zod'
import { minorDigitsOf } from '../currency.ts'
import { parseAmount } from '../money.ts'
import { LINE_TYPES } from '../record.ts'
import { GROUP_MAX, problemOf, type MatchRule, type RuleProblem } from './match-rule.ts'
import { readShare } from './tolerance.ts'

const Name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use small letters, digits and hyphens')
/** '4000', or all from '4000' to '4099' in the order of texts. */
const Accounts = z
  .array(z.string().regex(/^[^\s-]{1,40}(-[^\s-]{1,40})?$/, "write an account, or a range like '4000-4099'"))
  .min(1)
  .max(200)
const Amounts = z
  .record(
    z.string().refine((code) => minorDigitsOf(code) !== undefined, 'write currencies like EUR'),
    z.string().regex(/^\d{1,18}(\.\d{1,4})?$/, 'write an amount in quotes, like "1.00"'),
  )
  .superRefine((amounts, context) => {
    for (const [currency, amount] of Object.entries(amounts)) {
      if (typeof parseAmount(amount, minorDigitsOf(currency) ?? 0) !== 'bigint')
        context.addIssue({ code: 'custom', path: [currency], message: `${currency} has no such amount` })
    }
  })

/** What both sides call the same thing; taken together they are the key of a comparison. */
export const KEY_FIELDS = ['document', 'account', 'cost_centre', 'project', 'counterparty', 'source_key'] as const
export type KeyField = (typeof KEY_FIELDS)[number]

const Side = z.strictObject({
  name: z.string().min(1).max(40),
  system: Name,
  objectType: z.enum(LINE_TYPES).default('journal_line'),
  /** Without it all. */
  accounts: Accounts.optional(),
  /** minus: this side books the other way round, its net is turned before it is compared. */
  sign: z.enum(['plus', 'minus']).default('plus'),
})
export type Side = z.infer<typeof Side>

/** How lines belong together whose keys do not say so. In order; what one rule has matched the next does not see. */
const Rule = z
  .strictObject({
    name: z.string().min(1).max(60),
    cardinality: z.enum(['1:1', '1:N', 'N:1', 'N:M']).default('1:1'),
    /** Must be there and the same on both sides. */
    equal: z.array(z.enum(['key', 'reference', 'group'])).default([]),
    /** The reference of one side has the key or the reference of the other in it, as a whole word. */
    named: z.boolean().default(false),
    tolerance: z
      .strictObject({ absolute: Amounts.default({}), relative: z.string().optional() })
      .refine(({ relative }) => relative === undefined || readShare(relative) !== null, "write a share like '0.1%'")
      .prefault({}),
    /** How many days apart at most. */
    days: z.number().int().min(0).max(366).optional(),
    /** Lines of a group at most, on each side. */
    groupMax: z.number().int().min(2).max(GROUP_MAX).default(10),
    /** A person says yes to each before it counts. */
    confirm: z.boolean().default(false),
  })
  .superRefine((rule, context) => {
    const problem = problemOf(matchRuleOf(rule))
    if (problem) context.addIssue({ code: 'custom', message: PROBLEM_WORDS[problem] })
  })
export type Rule = z.infer<typeof Rule>

const PROBLEM_WORDS: Readonly<Record<RuleProblem, string>> = {
  no_criteria: 'say what must be equal, named or near in days: amounts alone identify nothing',
  group_without_key: 'a group needs a key, a reference or a name in common: sums come out by chance',
  named_many_to_many: 'many to many is everything of one key: names are of single lines',
  days_wrong: 'days is a whole number from 0',
  group_max_wrong: 'groupMax is from 2 to 1,000',
}

/** The rule as the engine reads it, amounts in minor units. */
export function matchRuleOf({ name, cardinality, equal, named, tolerance, days, groupMax }: Omit<Rule, 'confirm'>): MatchRule {
  const absolute = Object.entries(tolerance.absolute).map(([currency, amount]) => {
    const minor = parseAmount(amount, minorDigitsOf(currency) ?? 0)
    return [currency, typeof minor === 'bigint' ? minor : 0n] as const
  })
  const relative = tolerance.relative === undefined ? null : readShare(tolerance.relative)
  return {
    name,
    cardinality,
    equal,
    isNamed: named,
    tolerance: { absolute: Object.fromEntries(absolute), relative, basis: 'first', both: 'smaller' },
    days: days ?? null,
    groupMax,
  }
}

/** What is compared with what, how closely, and who signs it. Versioned data, read from YAML. */
export const ReconciliationDefinition = z
  .strictObject({
    kind: z.literal('reconciliation'),
    reconciliation: Name,
    title: z.string().min(1).max(120),
    /** The team that prepares it. */
    owner: z.string().min(1).default('finance-operations'),
    process: z.string().default(''),
    /** Without it every entity that a side has lines of. */
    entities: z.array(z.string().min(1)).min(1).max(500).optional(),
    /** The first period that is compared. Without it all. */
    since: z.string().min(1).max(20).optional(),
    version: z.string().min(1).default('actual'),
    /** The first is what the others are compared with. */
    sides: z.array(Side).min(2).max(3),
    key: z.array(z.enum(KEY_FIELDS)).min(1),
    /** The text of a line that rules look for names in. */
    reference: z.enum(['document', 'description', 'counterparty', 'source_key']).default('document'),
    /** For what the keys leave: only where a key names single lines. */
    rules: z.array(Rule).max(20).default([]),
    /** Account groups that are compared apart; an account is of the first that has it. Without it all accounts are one. */
    groups: z
      .array(z.strictObject({ name: z.string().min(1).max(40), accounts: Accounts }))
      .max(50)
      .default([]),
    tolerance: z
      .strictObject({
        /** Of the unexplained rest of a currency and account group. Never excuses a missing record. */
        absolute: Amounts.default({}),
        /** Of the first side. Where both are given the smaller counts. */
        relative: z
          .string()
          .refine((share) => readShare(share) !== null, "write a share like '0.1%'")
          .optional(),
        /** The largest difference of one key that is rounding, in minor units. */
        rounding: z.number().int().min(0).max(1_000).default(0),
        /** What may be accepted so, and within the tolerances of rules, in all: per rule, whatever the signs. A currency that is not listed has none. */
        budget: Amounts.optional(),
      })
      .prefault({}),
    /** The source of rates by which an amount in one currency is known as a translation of one in another. Without it none is. */
    rates: z.strictObject({ system: Name, kind: z.string().min(1).max(40).default('closing') }).optional(),
    /** When it is due: working days of the entity's calendar after the period has ended. */
    due: z.strictObject({ workingDay: z.number().int().min(1).max(60) }).default({ workingDay: 5 }),
    certification: z
      .strictObject({
        /** Largest figure of a side up to which one certifier is enough. Above, and for currencies that are not listed where any is, two. */
        oneUpTo: Amounts.optional(),
        /** May be certified by rule where everything ties and nothing is explained by hand, up to these figures. */
        automaticUpTo: Amounts.optional(),
        /** Of a hundred that would be, so many are left to people all the same. */
        sample: z.number().int().min(0).max(100).default(5),
      })
      .prefault({}),
    /** What whoever certifies states. */
    statement: z
      .string()
      .min(10)
      .max(1_000)
      .default('The figures compared are complete and correct, and every difference is explained.'),
  })
  .superRefine(({ sides, key, rules, tolerance }, context) => {
    const isLoose = ({ confirm, tolerance: { absolute, relative } }: Rule) =>
      !confirm && (Object.keys(absolute).length > 0 || relative !== undefined)
    if (tolerance.budget === undefined && (tolerance.rounding > 0 || rules.some(isLoose)))
      context.addIssue({
        code: 'custom',
        path: ['tolerance', 'budget'],
        message: 'small differences are accepted one by one: say how much of each currency may be accepted in all',
      })
    if (rules.length > 0 && !namesItems(key))
      context.addIssue({
        code: 'custom',
        path: ['rules'],
        message: 'rules match single lines: the key needs document or source_key',
      })
    const names = sides.map(({ name }) => name)
    for (const [i, name] of names.entries()) {
      if (names.indexOf(name) < i)
        context.addIssue({ code: 'custom', path: ['sides', i, 'name'], message: `two sides are named ${name}` })
    }
    for (const [i, side] of sides.entries()) {
      if (
        sides.findIndex(
          (other) => other.system === side.system && other.objectType === side.objectType && sameAccounts(other, side),
        ) < i
      )
        context.addIssue({
          code: 'custom',
          path: ['sides', i],
          message: `${side.name} is the same as an earlier side: it would always tie`,
        })
    }
    for (const [i, field] of key.entries()) {
      if (key.indexOf(field) < i) context.addIssue({ code: 'custom', path: ['key', i], message: `${field} is there twice` })
    }
  })
export type ReconciliationDefinition = z.infer<typeof ReconciliationDefinition>

/** A document or a source key names single lines; other keys are balances, of which a sum is compared. */
export const namesItems = (key: readonly KeyField[]): boolean =>
  key.some((field) => field === 'document' || field === 'source_key')

const sameAccounts = (a: Side, b: Side) => (a.accounts ?? []).join() === (b.accounts ?? []).join()

/** First and last account of '4000-4099' or '4000'. */
export function accountRange(text: string): { readonly from: string; readonly to: string } {
  const [from, to] = text.split('-')
  return { from: from!, to: to ?? from! }
}
