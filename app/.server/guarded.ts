import { data, redirect, type AppLoadContext } from '@remix-run/node'
import type { Params } from '@remix-run/react'
import { paths } from '#app/paths.ts'
import type { ErrorAnswer } from '#app/ui/error-answer.ts'
import type { Actor, Role } from '#server/domain/actor.ts'
import {
  Refusal,
  REFUSALS,
  TECHNICAL_FAILURES,
  TechnicalError,
  type RefusalCode,
  type TechnicalCode,
} from '#server/domain/errors.ts'
import { newErrorId } from '#server/platform/ids.ts'
import { isDatabaseAway } from '#server/services/database-away.ts'
import type { Services } from '#server/services/services.ts'
import { InvalidInput } from './forms.ts'
import { readScope, type ViewScope } from './scope.ts'
import { readingOf } from './reading.ts'
import { readSession } from './session.ts'

const EVERYBODY = ['finance_operations', 'controller', 'it', 'auditor', 'admin'] as const satisfies readonly Role[]

/**
 * Who may open what. All roles read everything, each within its entity scope, which every read takes; what somebody may
 * change is asked once more, and finally, by the services' one door (perform.ts).
 */
const READERS = {
  'tower:read': EVERYBODY,
  'totals:read': EVERYBODY,
  'lines:read': EVERYBODY,
  'artifacts:read': EVERYBODY,
  'exceptions:read': EVERYBODY,
  'runs:read': EVERYBODY,
  'jobs:read': EVERYBODY,
  'audit:read': EVERYBODY,
  'reconciliations:read': EVERYBODY,
  'systems:read': EVERYBODY,
  'mappings:read': EVERYBODY,
  'periods:read': EVERYBODY,
  'metrics:read': EVERYBODY,
  'settings:read': EVERYBODY,
} as const satisfies Record<string, readonly Role[]>
export type Permission = keyof typeof READERS

export type Given = {
  readonly request: Request
  readonly params: Params
  readonly url: URL
  readonly context: AppLoadContext
  readonly services: Services
  readonly actor: Actor
  /** The person's own name; actor.name is the sign-in. */
  readonly personName: string
  readonly scope: ViewScope
}

type Arguments = { request: Request; params: Params; context: AppLoadContext }

/**
 * Loaders and actions enter the house here: signed in, permitted, from this site, and with every failure turned into its
 * status and words. A loader that is refused throws to the ErrorBoundary. An action that is refused returns what
 * `useRefusal` reads, so that the page stays and says it beside the form.
 */
export const guarded =
  <Result>(permission: Permission, handler: (given: Given) => Promise<Result> | Result) =>
  async ({ request, params, context }: Arguments): Promise<Result> => {
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const url = new URL(request.url)
    if (!isRead) refuseOtherSites(request, url)
    const { services } = context
    try {
      const token = await readSession(request, context)
      const person = token ? await (isRead ? whoReads(token, context) : services.whoIs(token)) : null
      if (!person && !isRead && isAskedByScript(request)) return data({ refused: SIGNED_OUT }, { status: 401 }) as Result
      if (!person) throw redirect(paths.signIn({ returnTo: url.pathname + url.search }))
      const { actor, name: personName } = person
      if (!(READERS[permission] as readonly Actor['role'][]).includes(actor.role)) throw new Refusal('not_allowed', permission)
      const reading = isRead && actor.role === 'auditor' ? readingOf(url.pathname) : null
      if (reading) await services.noteReading({ ...reading, actor })
      const scope = await readScope(url, services)
      return await handler({ request, params, url, context, services, actor, personName, scope })
    } catch (error) {
      const failure = failureOf(error, request, context)
      if (isRead) throw Response.json(failure.answer, { status: failure.status })
      return data({ refused: failure.answer }, { status: failure.status }) as Result
    }
  }

const READS = new WeakMap<AppLoadContext, { token: string; person: ReturnType<Services['whoIs']> }>()

/** The loaders of a page are one request of one person, who is looked up once. Whatever an action changes, it does so before them. */
function whoReads(token: string, context: AppLoadContext) {
  const known = READS.get(context)
  if (known?.token === token) return known.person
  const person = context.services.whoIs(token)
  READS.set(context, { token, person })
  return person
}

/** Of a form that our own script sent: the page is still there, and what was written in it. */
const isAskedByScript = (request: Request) => request.headers.get('Sec-Fetch-Dest') === 'empty'
const SIGNED_OUT = {
  message: 'You are no longer signed in. Nothing was changed',
  advice: 'Sign in again in another tab and send it once more: what you wrote stays here.',
} satisfies ErrorAnswer

/** What an action that was refused leaves for the page; `useRefusal` finds it. */
export type Refused = { readonly refused: RefusedAnswer }
export type RefusedAnswer = ErrorAnswer & { readonly fields?: Readonly<Record<string, string>> }

/**
 * Our defence against forged requests, together with SameSite=Lax: a browser says where a post comes from, and a page cannot
 * make it lie. So no form needs a token. Who says nothing at all is no browser but a script that holds the cookie itself.
 */
export function refuseOtherSites(request: Request, url: URL): void {
  const site = request.headers.get('Sec-Fetch-Site')
  const origin = request.headers.get('Origin')
  const isOurs = site !== null ? site === 'same-origin' || site === 'none' : origin === null || hostOf(origin) === url.host
  if (!isOurs) throw Response.json({ message: 'This request came from another site' } satisfies ErrorAnswer, { status: 403 })
}

const hostOf = (origin: string) => (URL.canParse(origin) ? new URL(origin).host : null)

function failureOf(
  error: unknown,
  request: Request,
  { services, correlationId }: AppLoadContext,
): { status: number; answer: RefusedAnswer } {
  // A redirect, or an answer that was chosen on purpose.
  if (error instanceof Response) throw error
  if (error instanceof InvalidInput) {
    if (error.status === 404) return { status: 404, answer: {} }
    const words = Object.values(error.fields)
    return { status: error.status, answer: { message: words[0] ?? error.message, fields: error.fields } }
  }
  if (error instanceof Refusal) return { status: REFUSAL_STATUS[error.code], answer: { message: sentenceOf(error) } }
  if (error instanceof TechnicalError) {
    const { title, action } = TECHNICAL_FAILURES[error.code]
    return { status: technicalStatus(error.code), answer: { message: `${title}: ${error.detail}`, advice: action } }
  }
  const errorId = newErrorId()
  const path = new URL(request.url).pathname
  const isAway = isDatabaseAway(error)
  const told = { err: error, errorId, correlationId, path }
  if (isAway) services.context.log.warn(told, 'the database did not answer a request')
  else if (!request.signal.aborted) services.context.log.error(told, 'request failed')
  return isAway ? { status: 503, answer: { ...AWAY, errorId } } : { status: 500, answer: { errorId } }
}

/** Outside of the guard: the answer to a page whose database is away, or what was thrown. */
export const awayOr = (error: unknown): unknown => (isDatabaseAway(error) ? Response.json(AWAY, { status: 503 }) : error)

/** A connection that broke while it was answered does not say whether it was done. */
const AWAY = {
  message: 'The database does not answer. It may not have been done: look before you do it again',
  advice: 'Try again in a minute.',
} satisfies ErrorAnswer

const sentenceOf = ({ code, detail }: Refusal) => (detail ? `${REFUSALS[code]}: ${detail}` : REFUSALS[code])

/** What was sent is at fault, or what was meant to be read. */
const technicalStatus = (code: TechnicalCode): number => (code === 'file_too_large' ? 413 : code.startsWith('file_') ? 422 : 400)

/** A refusal without a status does not compile. */
export const REFUSAL_STATUS: Record<RefusalCode, number> = {
  not_signed_in: 401,
  not_allowed: 403,
  outside_entity_scope: 403,
  same_person: 403,
  reason_missing: 422,
  idempotency_key_reused: 409,
  job_not_found: 404,
  job_invalid: 422,
  job_paused: 409,
  job_not_paused: 409,
  schedule_invalid: 422,
  calendar_invalid: 422,
  run_not_found: 404,
  run_active: 409,
  run_cannot_restart: 409,
  run_overtaken: 409,
  replay_overtaken: 409,
  run_cannot_replay: 409,
  run_cannot_cancel: 409,
  run_not_published: 409,
  publication_superseded: 409,
  rollback_needs_approval: 409,
  rollback_not_asked: 409,
  rollback_moved: 409,
  rollback_needs_nobody: 409,
  publication_not_found: 404,
  period_not_found: 404,
  period_changed_meanwhile: 409,
  period_not_ready: 409,
  period_needs_reopening: 409,
  period_is_reopened: 409,
  period_not_closed: 409,
  reopening_not_asked: 409,
  reopening_moved: 409,
  calendar_not_found: 404,
  system_not_found: 404,
  delivery_not_found: 404,
  delivery_cannot: 409,
  delivery_overtaken: 409,
  source_needs_no_test: 409,
  person_not_found: 404,
  person_exists: 409,
  last_admin: 409,
  own_role: 403,
  stand_in_refused: 422,
  password_weak: 422,
  entity_not_found: 404,
  exception_not_found: 404,
  exception_named: 409,
  work_sheet_not_found: 404,
  classification_rule_not_found: 404,
  classification_rule_exists: 409,
  bulk_replay_not_found: 404,
  bulk_replay_refused: 409,
  nothing_to_replay: 409,
  rehearsal_stale: 409,
  line_not_found: 404,
  record_not_found: 404,
  correction_not_found: 404,
  correction_refused: 409,
  correction_moved: 409,
  artifact_not_found: 404,
  audit_key_missing: 409,
  audit_log_changed: 409,
  view_not_found: 404,
  file_not_given: 422,
  too_many_at_once: 503,
  fell_silent: 408,
  source_needs_file: 409,
  dimension_not_found: 404,
  proposal_not_found: 404,
  proposal_decided: 409,
  mapping_refused: 422,
  mapping_moved: 409,
  member_not_found: 404,
  reconciliation_not_found: 404,
  reconciliation_moved: 409,
  sign_off_refused: 409,
  match_refused: 409,
  explanation_refused: 409,
  evidence_refused: 422,
  evidence_not_found: 404,
  evidence_missing: 410,
  input_invalid: 422,
}
