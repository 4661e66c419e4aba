/** One leaf of two JSON values: `path` is where it stands, 'lines.new' or 'slices[0]'. Null: not there. */
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
  if (Array.isArray(value) && value.length > 0) {
    for (const [index, item] of value.entries()) leavesOf(item, `${path}[${index}]`, leaves)
  } else if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    for (const [name, item] of Object.entries(value)) leavesOf(item, path === '' ? name : `${path}.${name}`, leaves)
  } else {
    leaves.set(path || 'value', typeof value === 'string' ? value : JSON.stringify(value))
  }
  return leaves
}
