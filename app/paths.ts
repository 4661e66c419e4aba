/** Every address of the product, as a function. Nothing else in the house writes a URL; paths.test.ts prints them all. */

/** What one looks at. Travels from screen to screen; absent means everything, and as-of absent means now. */
export type Scope = { entity?: string; period?: string; version?: string; asOf?: number }
/** Keyset paging: the key after or before which the page begins. */
export type Page = { after?: string; before?: string }

export type TotalsSearch = Scope & { currency?: string; show?: 'all' | 'untied' }
export type LinesSearch = Scope &
  Page & {
    run?: string
    job?: string
    currency?: string
    account?: string
    document?: string
    outcome?: 'new' | 'changed' | 'unchanged' | 'duplicate' | 'rejected'
  }
export type RunsSearch = Scope & Page & { job?: string; status?: string; trigger?: string; from?: string; to?: string }
export type ExceptionsSearch = Scope &
  Page & {
    class?: string
    code?: string
    state?: string
    job?: string
    run?: string
    owner?: string
  }
export type UploadSearch = Scope & { job?: string }
export type AuditSearch = Page & { actor?: string; action?: string; subject?: string; from?: string; to?: string }
export type SignInSearch = { returnTo?: string }

export const paths = {
  signIn: (search: SignInSearch = {}) => at('/sign-in', search),
  signOut: () => '/sign-out',
  /** Where the root keeps what a person prefers (theme, density, rail): a POST to the root itself. */
  preferences: () => '/',

  tower: (search: Scope = {}) => at('/', search),
  totals: (search: TotalsSearch = {}) => at('/totals', search),
  lines: (search: LinesSearch = {}) => at('/lines', search),
  line: (id: Id, search: Scope = {}) => at(`/lines/${part(id)}`, search),
  runs: (search: RunsSearch = {}) => at('/runs', search),
  run: (id: Id, search: Scope = {}) => at(`/runs/${part(id)}`, search),
  exceptions: (search: ExceptionsSearch = {}) => at('/exceptions', search),
  exception: (id: Id, search: Scope = {}) => at(`/exceptions/${part(id)}`, search),
  jobs: (search: Scope = {}) => at('/jobs', search),
  job: (name: string, search: Scope = {}) => at(`/jobs/${part(name)}`, search),
  upload: (search: UploadSearch = {}) => at('/upload', search),
  audit: (search: AuditSearch = {}) => at('/audit', search),
  /** The bytes as received; with a position, the record that stands there is shown and marked. */
  artifact: (id: Id, position?: number) => at(`/artifacts/${part(id)}`, { position }),
} as const

type Id = string | number | bigint
type SearchValue = string | number | undefined

const part = (id: Id): string => encodeURIComponent(id.toString())

/** What is undefined or empty leaves the address, so that one view has one address. */
function at(path: string, search: Readonly<Record<string, SearchValue>>): string {
  const pairs = Object.entries(search).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value.toString()] as [string, string]],
  )
  const query = new URLSearchParams(pairs).toString()
  return query ? `${path}?${query}` : path
}
