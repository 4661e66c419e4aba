export type RecentPage = { readonly href: string; readonly title: string }

/** For this window only: whoever opens another finds nothing of it. */
const KEY = 'recent'
const PAGES_MAX = 6

export function recentPages(): readonly RecentPage[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isPage) : []
  } catch {
    return [] // Somebody else wrote there, or nothing may be kept: then there is nothing recent.
  }
}

export function rememberPage(page: RecentPage): void {
  const others = recentPages().filter(({ href }) => href !== page.href)
  try {
    sessionStorage.setItem(KEY, JSON.stringify([page, ...others].slice(0, PAGES_MAX)))
  } catch {
    // A browser that keeps nothing: the palette works without it.
  }
}

function isPage(value: unknown): value is RecentPage {
  if (typeof value !== 'object' || value === null) return false
  const { href, title } = value as Partial<Record<keyof RecentPage, unknown>>
  return typeof href === 'string' && href.startsWith('/') && !href.startsWith('//') && typeof title === 'string'
}
