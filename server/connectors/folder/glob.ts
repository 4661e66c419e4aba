/**
 * Matches a file name: * is any text, ? one character, all else itself, capitals matter. Not turned into a regular
 * expression: patterns with many stars make those take exponential time.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false
  const wanted = [...pattern]
  const given = [...name]
  let p = 0
  let star = -1
  let retryFrom = 0
  for (let n = 0; n < given.length; ) {
    if (wanted[p] === '*') {
      star = p++
      retryFrom = n
    } else if (wanted[p] === '?' || (p < wanted.length && wanted[p] === given[n])) {
      p++
      n++
    } else if (star !== -1) {
      p = star + 1
      n = ++retryFrom
    } else {
      return false
    }
  }
  while (wanted[p] === '*') p++
  return p === wanted.length
}
