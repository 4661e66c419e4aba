import { formatInstant } from '#app/ui/time.tsx'

/** One leaf of two JSON values: `path` is where it stands, 'lines.new' or 'slices[0].entity'. A list of words is one leaf. Null: not there. */
export type Difference = {
  readonly path: string
  readonly before: string | null
  readonly after: string | null
  readonly change: 'added' | 'removed' | 'changed' | 'same'
}

/** Every leaf of both sides; what changed comes first. */
export function diffOf(before: unknown, after: unknown): Difference[] {
  const [was, is] = [leavesOf(before), leavesOf(after)]
  const all = [...new Set([...was.keys(), ...is.keys()])].map((path): Difference => {
    const [b, a] = [was.get(path) ?? null, is.get(path) ?? null]
    return { path, before: b, after: a, change: b === a ? 'same' : b === null ? 'added' : a === null ? 'removed' : 'changed' }
  })
  return [...all.filter(({ change }) => change !== 'same'), ...all.filter(({ change }) => change === 'same')]
}

function leavesOf(value: unknown, path = '', leaves = new Map<string, string>()): Map<string, string> {
  const isNothing = value === undefined || (path === '' && (value === null || JSON.stringify(value) === '{}'))
  if (isNothing) return leaves
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item !== 'object' || item === null)) {
    leaves.set(path || 'value', value.join(', '))
  } else if (Array.isArray(value) && value.length > 0) {
    for (const [index, item] of value.entries()) leavesOf(item, `${path}[${index}]`, leaves)
  } else if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    for (const [name, item] of Object.entries(value)) leavesOf(item, path === '' ? name : `${path}.${name}`, leaves)
  } else {
    leaves.set(path || 'value', typeof value === 'string' ? value : JSON.stringify(value))
  }
  return leaves
}

/** 'entityScope' as 'Entity scope', 'lines.new' as 'Lines, new'. */
export function pathWords(path: string): string {
  const words = path
    .replaceAll('.', ', ')
    .replaceAll(/\[(\d+)\]/g, (_, index: string) => ` ${Number.parseInt(index, 10) + 1}`)
    .replaceAll(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** 'State: open → closed', for a list; what is as it was is left out, and what is beyond the first few is counted. */
export function changeWords(differences: readonly Difference[], shown = 2): string {
  const changed = differences.filter(({ change }) => change !== 'same')
  const words = changed.slice(0, shown).map(({ path, before, after }) => {
    if (before === null) return `${pathWords(path)}: ${shortened(after)}`
    return `${pathWords(path)}: ${shortened(before)} → ${shortened(after)}`
  })
  const more = changed.length - words.length
  return [...words, ...(more > 0 ? [`${more} more`] : [])].join('; ')
}

const VALUE_CHARS_MAX = 40
function shortened(value: string | null): string {
  if (value === null || value === 'null') return 'none'
  if (INSTANT.test(value)) return `${formatInstant(value)} UTC`
  return value.length > VALUE_CHARS_MAX ? `${value.slice(0, VALUE_CHARS_MAX - 1)}…` : value
}
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/
