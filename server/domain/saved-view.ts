import type { Actor } from './actor.ts'

/** The lists whose views can be saved, by their paths. */
export const VIEW_SCREENS = [
  '/totals',
  '/lines',
  '/exceptions',
  '/reconciliations',
  '/close',
  '/runs',
  '/replays',
  '/deliveries',
  '/jobs',
  '/feeds',
  '/mappings',
  '/systems',
  '/periods',
  '/rates',
  '/audit',
  '/metrics',
] as const
export type ViewScreen = (typeof VIEW_SCREENS)[number]

export const VIEW_NAME_CHARS_MAX = 60
export const VIEW_QUERY_CHARS_MAX = 2_000

/** Where one stands in a list, when one looks, and what is open beside it: none of it belongs to the view. */
const NOT_OF_THE_VIEW = ['saved', 'after', 'before', 'page', 'asOf', 'do', 'chosen', 'all', 'acted', 'preview', 'check']

/** The query of an address as it is kept: without what is not of the view, in one order, so that the same view is the same text. */
export function viewQuery(query: string): string {
  const pairs = [...new URLSearchParams(query)].filter(([name, value]) => value !== '' && !NOT_OF_THE_VIEW.includes(name))
  return new URLSearchParams(pairs.sort(([a, x], [b, y]) => (a === b ? compared(x, y) : compared(a, b)))).toString()
}

/** How the rows look: kept in the query of a view, but no part of its address. */
const LOOK = ['columns', 'density'] as const
export type ViewLook = { readonly [Name in (typeof LOOK)[number]]: string }

/** What of a kept query is its address, and the look that was kept with it, if any. */
export function splitLook(query: string): { query: string; look: ViewLook | null } {
  const params = new URLSearchParams(query)
  const [columns, density] = LOOK.map((name) => params.get(name))
  for (const name of LOOK) params.delete(name)
  return { query: params.toString(), look: columns && density ? { columns, density } : null }
}

export const withLook = (query: string, look: ViewLook): string =>
  viewQuery(new URLSearchParams([...new URLSearchParams(query), ...LOOK.map((name) => [name, look[name]])]).toString())

/** Who may rename and remove it: whoever made it, and for one of the team an administrator. */
export const mayChangeView = (view: { isMine: boolean; isTeam: boolean }, role: Actor['role']): boolean =>
  view.isMine || (view.isTeam && role === 'admin')

const compared = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

export const isViewScreen = (path: string): path is ViewScreen => (VIEW_SCREENS as readonly string[]).includes(path)
