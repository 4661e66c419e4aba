/**
 * matched: by a rule that decides. suggested: by a rule that leaves it to a person. ambiguous: equally good candidates, of which nobody
 * picks but a person. joined: by a person.
 */
export const MATCH_STATES = ['ambiguous', 'suggested', 'joined', 'matched'] as const
export type MatchState = (typeof MATCH_STATES)[number]

/** Decimal text in units of the currency, and days. */
export type MatchDistance = { readonly amount: string; readonly days: number }
