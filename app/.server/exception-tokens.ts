import { AGE_NAMES } from '#server/domain/age.ts'

/**
 * What a person types into the search: words, and tokens as name:value. Tokens become the filters of the address, so that chips, selects
 * and what is typed are one thing: 'assignee:me age:>5d amount:>10000 is:regressed nordic'.
 */
export type Typed = {
  readonly words: string
  readonly filters: Readonly<Record<string, string>>
  readonly unknown: readonly string[]
}

/** More than so many: 'age:>5d' in business days, 'amount:>10,000' at stake in one currency. */
const BOUNDS: Readonly<Record<string, { readonly filter: string; readonly pattern: RegExp; readonly example: string }>> = {
  age: { filter: 'older', pattern: /^>(\d{1,4})d?$/i, example: '>5d' },
  amount: { filter: 'above', pattern: /^>(\d{1,15}(?:\.\d{1,4})?)$/, example: '>10000' },
}

const VALUES: Readonly<Record<string, readonly string[] | null>> = {
  state: ['open', 'ended', 'closed', 'all'],
  status: ['open', 'ended', 'closed', 'all'],
  work: ['open', 'assigned', 'in_progress', 'waiting_for_replay', 'waived', 'rejected', 'done_outside'],
  class: ['business', 'technical', 'control', 'unclassified'],
  severity: ['critical', 'high', 'medium', 'low'],
  team: ['finance_operations', 'controller', 'it'],
  age: AGE_NAMES,
  amount: [],
  due: ['overdue', 'today'],
  is: ['regressed', 'proposed', 'mentioned'],
  assignee: null,
  job: null,
  code: null,
  run: null,
  currency: null,
  entity: null,
  period: null,
  version: null,
}
export const TOKEN_NAMES = Object.keys(VALUES)

export function readTokens(text: string): Typed {
  const words: string[] = []
  const unknown: string[] = []
  const filters: Record<string, string> = {}
  for (const part of text.split(/\s+/).filter(Boolean)) {
    const [, name = '', value = ''] = /^([a-z]+):(.+)$/i.exec(part) ?? []
    const filter = name.toLowerCase()
    const known = Object.hasOwn(VALUES, filter) ? VALUES[filter] : undefined
    const bound = Object.hasOwn(BOUNDS, filter) ? BOUNDS[filter] : undefined
    const limit = bound?.pattern.exec(value.replaceAll(',', ''))?.[1]
    // A word with a colon that is no filter is a word: a time, a path, a message.
    if (known === undefined) words.push(part)
    else if (bound && limit !== undefined) filters[bound.filter] = limit
    else if (known !== null && !known.includes(value.toLowerCase()))
      unknown.push(`${part} (${filter} takes ${[...known, ...(bound ? [bound.example] : [])].join(', ')})`)
    else filters[filter === 'status' ? 'state' : filter] = known === null ? value : value.toLowerCase()
  }
  return { words: words.join(' '), filters, unknown }
}
