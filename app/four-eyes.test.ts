import type { AppLoadContext } from '@remix-run/node'
import { beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { sql } from 'drizzle-orm'
import writeXlsxFile from 'write-excel-file/node'
import { countAuditEvents } from '#db/queries/audit.ts'
import { useDatabase } from '#db/testing/database.ts'
import { inDatabase } from '#db/testing/global-setup.ts'
import { memberCsv, memberJob } from '#db/testing/ledger.ts'
import { ADMIN, bytesOf, load } from '#db/testing/load.ts'
import { COMMAND_POLICY, ROLES, type Role } from '#server/domain/actor.ts'
import { runCommand } from '#server/cli/run-command.ts'
import { SEAL_COLUMN, TOLD_COLUMNS, WRITTEN_COLUMNS } from '#server/domain/work-sheet.ts'
import { makeLogger } from '#server/platform/logger.ts'
import { makeNews } from '#server/platform/news.ts'
import { seal } from '#server/platform/seal.ts'
import { addPerson } from '#server/services/add-person.ts'
import { changePerson } from '#server/services/change-person.ts'
import { createServices } from '#server/services/services.ts'
import { addressOf, doorsOfRoutes, doorsOfShell } from '../checks/doors.ts'
import { FOUR_EYES, type Decider } from '../checks/four-eyes.ts'
import { meaningOf } from '../checks/reach.ts'
import { sessionCookie } from './.server/session.ts'
import { bodyOf, CASES, heldBack, type Asked, type Screen } from './testing/four-eyes-cases.ts'

/**
 * Whoever asked for it does not decide it: in no role, by no door. Each pair of checks/four-eyes.ts is tried with everybody who may ask and
 * every role that may decide, through the service, the forms, the shell and the bare table.
 */
// biome-ignore lint/correctness/useHookAtTopLevel: a test file's own database, no React hook
const world = useDatabase()
type Action = (given: { request: Request; params: object; context: AppLoadContext }) => Promise<unknown>
const ROUTES = import.meta.glob<{ action?: Action }>('./routes/*/route.{ts,tsx}')
const fileOf = (route: string) => `app/routes/${route}/route.tsx`
const password = 'a password of the test'
const SOMEBODY_ELSE = /somebody else/
const OPERATOR = { name: 'service:cli', role: 'admin', entityScope: ['*'] } as const
let context: AppLoadContext

beforeAll(async () => {
  const { ownerUrl } = inject('testServer')
  vi.stubEnv('DATABASE_URL', inDatabase(ownerUrl, new URL(world.appUrl).pathname.slice(1)))
  vi.stubEnv('DATABASE_APP_URL', world.appUrl)
  for (const [name, value] of Object.entries({ DEMO: 'no', LOG_LEVEL: 'fatal', NODE_ENV: 'test' })) vi.stubEnv(name, value)
  const services = createServices({ db: world.db, logger: makeLogger({ level: 'silent' }), now: () => new Date() })
  context = {
    services,
    correlationId: 'test',
    cspNonce: 'n',
    sessionSecret: 'x'.repeat(32),
    remoteAddress: 'here',
    news: makeNews(),
  }
  await load(world.context, memberJob('cost_centre'), memberCsv(['code', 'name'], [['CC1', 'One']]))
  // Somebody who manages people is always left.
  await person('adam', 'admin', ['*'])
  await person('somebody.else', 'controller', ['*'])
  return () => vi.unstubAllEnvs()
})

const person = (signIn: string, role: Role, entityScope: string[]) =>
  addPerson(world.context, { signIn, name: signIn, role, entityScope, password, actor: ADMIN })

/** A session as the product makes one; who it belongs to is read anew with every request. */
async function signedIn(signIn: string) {
  const session = await context.services.signIn({ signIn, password, address: signIn })
  if (session === null || session === 'wait') throw new Error(`${signIn} cannot sign in`)
  const cookie = await sessionCookie(new Request('http://here/'), context, session.token, session.expiresAt)
  const actor = async () => (await context.services.whoIs(session.token))!.actor
  return { cookie: cookie.split(';')[0]!, actor }
}

/** What the real action answers: an answer with a status, or a way to go on. */
async function post({ route, params, fields }: Screen, cookie: string): Promise<{ status: number; text: string }> {
  const { action } = await ROUTES[`./routes/${route}/route.tsx`]!()
  const headers = { Cookie: cookie, 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' }
  const request = new Request('http://here/', { method: 'POST', headers, body: bodyOf(fields) })
  const answer = await action!({ request, params, context })
  if (answer instanceof Response) return { status: answer.status, text: '' }
  const { data, init } = answer as { data: unknown; init: ResponseInit | null }
  return { status: init?.status ?? 200, text: JSON.stringify(data) }
}

async function tower(...args: readonly string[]): Promise<{ code: number; said: string }> {
  const streams = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockReturnValue(true))
  try {
    const code = await runCommand(args)
    return { code, said: streams.flatMap((stream) => stream.mock.calls.map(([piece]) => String(piece))).join('') }
  } finally {
    for (const stream of streams) stream.mockRestore()
    process.exitCode = undefined
  }
}

/** Every table but those that only say who is here, what was asked and which days there are: a hash of all its rows. */
async function state(): Promise<unknown> {
  const BESIDE = ['sessions', 'commands', 'workers', 'people', 'calendar_days', 'fiscal_periods']
  const tables = await world.owner<{ name: string }[]>`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`
  const hashes = tables
    .filter(({ name }) => !BESIDE.includes(name))
    .map(
      ({ name }) =>
        `select '${name}' as name, md5(coalesce(string_agg(t::text, ' ' order by t::text), '')) as hash from "${name}" t`,
    )
  return Object.fromEntries(
    (await world.owner.unsafe<{ name: string; hash: string }[]>(hashes.join(' union all '))).map(({ name, hash }) => [
      name,
      hash,
    ]),
  )
}

/** What was said to whoever was refused. Acts on exceptions answer for each of them. */
const wordsOf = (answer: unknown): string =>
  answer instanceof Error ? `${answer.message} ${'detail' in answer ? answer.detail : ''}` : JSON.stringify(answer)

async function refuses(what: string, attempt: () => Promise<string | null>): Promise<void> {
  const before = await countAuditEvents(world.db)
  const said = await attempt()
  // The desk goes on to a page that says for each exception what became of it.
  if (said !== null) expect(said, what).toMatch(SOMEBODY_ELSE)
  expect(await countAuditEvents(world.db), `${what}: nothing is written`).toBe(before)
}

/** Doors that were tried, by the names of docs/roles.md. */
const tried = new Set<string>()
const shellOf = (args: readonly string[]) =>
  `tower ${args
    .slice(
      0,
      args.findIndex((word) => /^\d/.test(word)),
    )
    .join(' ')}`

/** By the service, every form, the shell and the table. */
async function isRefused(what: string, { decide, screens, shell, statement }: Asked, who: Awaited<ReturnType<typeof signedIn>>) {
  const actor = await who.actor()
  const before = await state()
  await refuses(`${what}, service`, async () => wordsOf(await decide(actor).catch((error: unknown) => error)))
  for (const screen of screens) {
    tried.add(`POST ${addressOf(fileOf(screen.route))}`)
    await refuses(`${what}, ${screen.route}`, async () => {
      const { status, text } = await post(screen, who.cookie)
      if (screen.route === '_console.exceptions') return null
      expect([403, 409], `${what}, ${screen.route}: ${text}`).toContain(status)
      return text
    })
  }
  for (const args of shell) {
    tried.add(shellOf(args))
    await refuses(`${what}, tower --as`, async () => {
      const { code, said } = await tower('--as', actor.name, ...args)
      expect(code, said).not.toBe(0)
      return said
    })
  }
  expect(await state(), `${what}: nothing is changed`).toEqual(before)
  await expect(straight(statement(actor.name)), `${what}, past the product`).rejects.toMatchObject({
    cause: { message: expect.stringMatching(/_four_eyes"|_second_person"|has signed this comparison/) },
  })
  await expect(straight(statement('somebody.else')), 'not because it is no statement').rejects.toThrow('as far as that')
}

/** As the application's restricted role, and taken back. */
const straight = (statement: string) =>
  world.db.transaction(async (tx) => {
    await tx.execute(sql.raw(statement))
    throw new Error('as far as that')
  })

const pairs = (Object.entries(FOUR_EYES) as [Decider, (typeof FOUR_EYES)[Decider]][]).map(([decides, asks]) => ({
  decides,
  asks,
  askers: ROLES.filter((role) => (COMMAND_POLICY[asks] as readonly string[]).includes(role)),
  deciders: ROLES.filter((role) => (COMMAND_POLICY[decides] as readonly string[]).includes(role)),
}))

describe.each(pairs)('$decides: never who asked with $asks', ({ decides, askers, deciders }) => {
  test.each(askers.map((role, at) => ({ role, at })))('asked for as $role', async ({ role, at }) => {
    const entity = `${decides.replace(/[a-z]/g, '')}${decides.length}${at}`
    const [first, second] = [`first-${decides}-${role}`, `second-${decides}-${role}`]
    await person(first, role, [entity])
    const who = await signedIn(first)
    const asked = await CASES[decides](world, { actor: await who.actor(), entity })
    if (deciders.includes(role)) await isRefused(`${role} in the same role and scope`, asked, who)
    for (const later of deciders) {
      await changePerson(world.context, { signIn: first, role: later, entityScope: ['*'], actor: ADMIN })
      await isRefused(`${role}, made ${later} of everything`, asked, who)
    }
    // Not because nobody could: somebody else does, by the same form.
    await person(second, deciders[at % deciders.length]!, [entity])
    const before = await state()
    const { status, text } = await post(asked.screens[0]!, (await signedIn(second)).cookie)
    expect([200, 302], text).toContain(status)
    expect(await state()).not.toEqual(before)
  })
})

test('whoever opens the database by hand is one person too', async () => {
  for (const decides of ['decideRollback', 'approveBulkReplay', 'decideMapping'] as const) {
    const asked = await CASES[decides](world, { actor: OPERATOR, entity: `OPERATOR${decides.length}` })
    expect(asked.shell).not.toEqual([])
    for (const args of asked.shell)
      await refuses(`${decides}, tower`, async () => {
        const { code, said } = await tower(...args)
        expect(code, said).not.toBe(0)
        return said
      })
  }
})

test('however it was asked for: by a work sheet, by a list of mappings', async () => {
  const name = 'by.file'
  await person(name, 'controller', ['*'])
  const who = await signedIn(name)
  const actor = await who.actor()
  const { exceptionId } = await heldBack(world, 'SHEET')
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
  const [standing] = await world.owner`select severity, revision from exceptions where exception_id = ${exceptionId}`
  const sealed = seal(context.sessionSecret, [exceptionId, standing!.revision, null, standing!.severity])
  const written: Record<string, string> = {
    exception: `${exceptionId}`,
    severity: standing!.severity,
    waive_until: until,
    reason: 'for a test',
  }
  const heads = [...TOLD_COLUMNS, ...WRITTEN_COLUMNS, SEAL_COLUMN]
  const cells = heads.map((head) => (head === SEAL_COLUMN ? sealed : (written[head] ?? '')))
  const rows = [heads, cells].map((row) => row.map((value) => (value ? { value, type: String } : null)))
  const bytes = bytesOf(await writeXlsxFile(rows, {}).toBuffer())
  const { sheetId } = await context.services.bringWorkSheet({ name: 'a.xlsx', bytes, secret: context.sessionSecret, actor })
  await context.services.carryOutWorkSheet({ sheetId, actor })
  const [proposed] = await world.owner`select proposed_by from exception_endings where exception_id = ${exceptionId}`
  expect(proposed).toEqual({ proposed_by: name })
  await refuses('after a work sheet', async () =>
    wordsOf(await context.services.decideEnding({ exceptions: [{ exceptionId }], decision: 'approved', actor })),
  )

  const text = 'cost_centre\tlisted\tCC1\n'
  const { proposed: made } = await context.services.proposeMappings({ system: 'job-sheet', text, reason: 'for a test', actor })
  expect(made).toHaveLength(1)
  await refuses('after a list', async () =>
    wordsOf(
      await context.services
        .decideMapping({ proposalId: made[0]!, decision: 'approved', actor })
        .catch((error: unknown) => error),
    ),
  )
})

test('no form and no command that can decide was left out', () => {
  const forms = Object.keys(ROUTES).map((path) => [
    path.replace('./', 'app/'),
    { action: meaningOf(path.replace('./', 'app/'), 'action') },
  ])
  const doors = [...doorsOfRoutes(Object.fromEntries(forms)), ...doorsOfShell()]
  const deciding = doors.filter(({ reach }) => reach.commands.some(({ name }) => name in FOUR_EYES)).map(({ name }) => name)
  expect([...tried].sort()).toEqual(deciding.sort())
})
