import { redirect } from '@remix-run/node'
import { z } from 'zod'
import { paths } from '#app/paths.ts'
import { AGE_NAMES } from '#server/domain/age.ts'
import { SEVERITIES } from '#server/domain/severity.ts'
import { TEAMS, TRIAGE_STATES } from '#server/domain/triage.ts'
import { listInOrder, EXCEPTION_GROUPS, type ExceptionsRequest } from '#server/services/reads/exceptions-view.ts'
import { readTokens } from './exception-tokens.ts'
import { Day, Id, InvalidInput, readSearch } from './forms.ts'
import type { Given } from './guarded.ts'
import { scopeOf } from './scope.ts'

export const EXCEPTION_TABS = ['business', 'technical', 'control', 'unclassified'] as const
const ExceptionsSearch = z.object({
  class: z.enum(EXCEPTION_TABS).optional(),
  state: z.enum(['open', 'ended', 'closed', 'all']).optional(),
  /** What is made of it, more closely than the state. */
  work: z.enum(TRIAGE_STATES).optional(),
  code: z.string().max(64).optional(),
  job: z.string().max(64).optional(),
  run: Id.optional(),
  /** An entity: failures that name it, or that stop a job that ever brought it. */
  stops: z.string().max(64).optional(),
  currency: z.string().max(8).optional(),
  age: z.enum(AGE_NAMES).optional(),
  /** More business days than these. */
  older: z.coerce.number().int().min(0).max(9_999).optional(),
  /** More than this at stake in one currency, a decimal. */
  above: z
    .string()
    .regex(/^\d{1,15}(\.\d{1,4})?$/)
    .optional(),
  severity: z.enum(SEVERITIES).optional(),
  team: z.enum(TEAMS).optional(),
  /** A sign-in, 'me' or 'nobody'. */
  assignee: z.string().max(64).optional(),
  due: z.enum(['overdue', 'today']).optional(),
  is: z.enum(['regressed', 'proposed', 'mentioned']).optional(),
  q: z.string().max(200).optional(),
  closedFrom: Day.optional(),
  closedTo: Day.optional(),
  /** Without it open ones come in the order of what they release, others the newest first. */
  order: z.enum(['release', 'newest']).optional(),
  page: Id.optional(),
})
export type ExceptionsSearch = z.infer<typeof ExceptionsSearch>

/** The view of the exceptions, which their screen, their acts and their export share. Tokens in the search become filters of the address. */
export function readExceptionsView({ url, scope, actor, services }: Given): {
  search: ExceptionsSearch
  request: ExceptionsRequest
} {
  const search = readSearch(url, ExceptionsSearch)
  redirectTokens(url, search.q)
  const { class: asked, state = 'open', run, age, older, order, page = 1, work, assignee, due, is, q, ...filter } = search
  const { entity, period, version } = scope
  const now = services.context.now()
  const today = now.toISOString().slice(0, 10)
  return {
    search,
    request: {
      ...filter,
      // IT begins with what IT acts on.
      group: asked ?? (actor.role === 'it' ? 'technical' : 'business'),
      state,
      order: order ?? (state === 'open' && run === undefined ? 'release' : 'newest'),
      page,
      runId: run,
      age: age && { bucket: age, today },
      olderThan: older === undefined ? undefined : { days: older, today },
      triage: work,
      assignee: assignee === 'me' ? actor.name : assignee === 'nobody' ? '' : assignee,
      dueBefore: due === undefined ? undefined : due === 'overdue' ? now.toISOString() : `${today}T23:59:59Z`,
      isRegressed: is === 'regressed' || undefined,
      hasProposal: is === 'proposed' || undefined,
      mentions: is === 'mentioned' ? actor.name : undefined,
      text: q,
      entity,
      period,
      version,
      scope: actor.entityScope,
    },
  }
}

/** As many as one address names. */
const REPLAYED_MAX = 1_000

/** To the replay of the records behind these, or behind all that match the view. Throws the redirect, and InvalidInput for too many. */
export async function redirectToReplay(
  { scope, services: { context } }: Given,
  { group, order = 'newest', page: _, ...filter }: ExceptionsRequest,
  asked: readonly number[] | 'all',
): Promise<never> {
  const view = { ...filter, classes: EXCEPTION_GROUPS[group] }
  const ids = asked === 'all' ? await listInOrder(context.db, view, order, context.now()) : asked
  if (ids.length > REPLAYED_MAX) throw new InvalidInput(422, { all: `At most ${REPLAYED_MAX} at once: narrow the list` })
  throw redirect(paths.replayNew({ ...scopeOf(scope), exceptions: ids.join(',') }))
}

/** What was typed as a token is a filter of the address from here on. Throws a redirect, and InvalidInput for a token that cannot be. */
function redirectTokens(url: URL, typed: string | undefined): void {
  if (!typed) return
  const { words, filters, unknown } = readTokens(typed)
  if (unknown.length > 0) throw new InvalidInput(422, { q: `There is no filter ${unknown.join(', ')}` })
  if (Object.keys(filters).length === 0) return
  const next = new URL(url)
  next.searchParams.delete('page')
  for (const [name, value] of Object.entries(filters)) next.searchParams.set(name, value)
  if (words) next.searchParams.set('q', words)
  else next.searchParams.delete('q')
  throw redirect(next.pathname + next.search)
}

const Chosen = z.array(Id).max(1_000)

/** Numbers of the chosen: by comma, or one a box. Throws InvalidInput. */
export function readChosen({ searchParams }: URL): number[] {
  const chosen = Chosen.safeParse(searchParams.getAll('chosen').flatMap((text) => text.split(',').filter(Boolean)))
  if (!chosen.success) throw new InvalidInput(422, { chosen: 'Choose at most 1,000 exceptions, by their numbers' })
  return chosen.data
}
