import { AGE_NAMES } from '#server/domain/age.ts'

/**
 * What a person types into the search: words, and tokens as name:value. Tokens become the filters of the address, so that chips, selects
 * and what is typed are one thing: 'assignee:me severity:high is:regressed overdue nordic'.
 */
export type Typed = {
  readonly words: string
  readonly filters: Readonly<Record<string, string>>
  readonly unknown: readonly string[]
}

const VALUES: Readonly<Record<string, readonly string[] | null>> = {
  state: ['open', 'ended', 'closed', 'all'],
  work: ['open', 'assigned', 'in_progress', 'waiting_for_replay', 'waived', 'rejected', 'done_outside'],
  class: ['business', 'technical', 'control', 'unclassified'],
  severity: ['critical', 'high', 'medium', 'low'],
  team: ['finance_operations', 'controller', 'it'],
  age: AGE_NAMES,
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
    const known = Object.hasOwn(VALUES, name.toLowerCase()) ? VALUES[name.toLowerCase()] : undefined
    // A word with a colon that is no filter is a word: a time, a path, a message.
    if (known === undefined) words.push(part)
    else if (known !== null && !known.includes(value.toLowerCase())) unknown.push(part)
    else filters[name.toLowerCase()] = known === null ? value : value.toLowerCase()
  }
  return { words: words.join(' '), filters, unknown }
}
