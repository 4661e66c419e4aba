import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { COMMAND_POLICY, ROLES, type Actor, type CommandName } from '#server/domain/actor.ts'
import { doorsOfFiles, doorsOfRoutes, doorsOfShell, doorsOfTime, doorsOfWeb, type Door, type RouteModule } from './doors.ts'
import { DECIDES, FOUR_EYES } from './four-eyes.ts'
import { choicesFor, isCommandName, ROOT } from './reach.ts'
import { rolesPage } from './roles-page.ts'

const ROUTES = import.meta.glob<RouteModule>(['../app/routes/*/route.{ts,tsx}', '../app/root.tsx'], { eager: true })
const RENEW = 'renew docs/roles.md, and read what changed: npx vitest run --project plain checks/roles.test.ts -u'

let doors: Door[]
const commandsOf = ({ reach }: Door): string[] => [...new Set(reach.commands.map(({ name }) => name))]
const allCommands = Object.keys(COMMAND_POLICY).filter(isCommandName)
const rolesOf = (command: CommandName): readonly Actor['role'][] => COMMAND_POLICY[command]

beforeAll(() => {
  doors = [...doorsOfRoutes(ROUTES), ...doorsOfShell(), ...doorsOfTime(), ...doorsOfFiles(), ...doorsOfWeb()]
})

test('docs/roles.md says who may do what and through which door', async () => {
  await expect(rolesPage(doors), RENEW).toMatchFileSnapshot('../docs/roles.md')
})

test('what Remix serves, what the queue hands out and what commands there are is all looked at', () => {
  const folders = readdirSync(join(ROOT, 'app/routes'), { withFileTypes: true })
  expect(
    folders.filter((entry) => !entry.isDirectory()),
    'a route is a folder',
  ).toEqual([])
  const served = folders.filter(({ name }) =>
    readdirSync(join(ROOT, 'app/routes', name)).some((file) => /^route\.tsx?$/.test(file)),
  )
  expect(Object.keys(ROUTES)).toHaveLength(served.length + 1)
  expect(existsSync(join(ROOT, 'server/api')), 'an API of its own is a door of its own: enumerate it in doors.ts').toBe(false)
  const queued = readdirSync(join(ROOT, 'db/queries'))
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(join(ROOT, 'db/queries', name), 'utf8').matchAll(/add_job\(\s*'(\w+)'/g)])
    .map((match) => `task ${match[1]}`)
  const tasks = doors.filter(({ kind }) => kind === 'task').map(({ name }) => name)
  expect(tasks.sort()).toEqual([...new Set(queued)].sort())
  expect(doors.filter(({ kind }) => kind === 'command').length).toBeGreaterThan(30)
})

test('whatever writes passes the one door, whichever way one came in', () => {
  /** Sessions are no state of the books. */
  const BESIDE = ['db/queries/people.ts insertSession', 'db/queries/people.ts deleteSession']
  /** A run, or a delivery, under way notes how far it is: nothing of it is to be seen before it passed the door. */
  const UNDER_WAY =
    /^(task (execute_run|carry_out_delivery)|clock: (recovery|deliveries|sweeping traces|leaves of the audit log)|tower, where)/
  const past = doors
    .filter(({ name }) => !UNDER_WAY.test(name))
    .flatMap(({ name, reach }) =>
      reach.writers.filter((writer) => !BESIDE.includes(writer)).map((writer) => `${name}: ${writer}`),
    )
  expect(past).toEqual([])
})

test('every form asks for a command', () => {
  /** Signing in and out; a proof of the books that changes nothing; colours and columns, which the browser keeps. */
  const ASKS_NOTHING = ['POST /sign-in', 'POST /sign-out', 'POST /audit/verify', 'POST the frame of every screen']
  const idle = doors.filter((door) => door.kind === 'form' && commandsOf(door).length === 0).map(({ name }) => name)
  expect(idle.sort()).toEqual(ASKS_NOTHING.sort())
  for (const { name, reach } of doors.filter(({ kind }) => kind === 'form')) {
    const led = new Set(reach.commands.flatMap(({ when }) => choicesFor(when, reach.choices)))
    // Where a form has but one command, it needs no condition to get there.
    if (led.size > 0) expect([...led].sort(), name).toEqual([...new Set(reach.choices)].sort())
  }
})

test('what is only opened changes nothing but the log', () => {
  const LOG = ['noteReading', 'readMentions', 'exportAudit', 'signCheckpoint', 'changeAuditKey', 'takeEvidencePack']
  for (const door of doors.filter(({ kind }) => kind === 'screen' || kind === 'web'))
    expect(
      commandsOf(door).filter((name) => !LOG.includes(name)),
      door.name,
    ).toEqual([])
})

test('every command has a door, and those of people one that people use', () => {
  for (const command of allCommands) {
    const ways = doors.filter((door) => commandsOf(door).includes(command))
    expect(
      ways.map(({ name }) => name),
      command,
    ).not.toEqual([])
    const isOfPeople = ROLES.some((role) => rolesOf(command).includes(role))
    const isForPeople = ways.some(({ kind }) => ['form', 'screen', 'command'].includes(kind))
    if (isOfPeople) expect(isForPeople, `${command} has no screen and no command`).toBe(true)
  }
})

test('a decision about what somebody else asked for has a case of four eyes, and a screen', () => {
  const deciders = allCommands.filter((name) => DECIDES.test(name) && ROLES.some((role) => rolesOf(name).includes(role)))
  expect(deciders.sort(), 'add its pair to checks/four-eyes.ts and its case to app/four-eyes.test.ts').toEqual(
    Object.keys(FOUR_EYES).sort(),
  )
  for (const decider of deciders)
    expect(
      doors.some((door) => door.kind === 'form' && commandsOf(door).includes(decider)),
      decider,
    ).toBe(true)
})

test('time, imports and work sheets decide nothing', () => {
  const deciders: readonly string[] = Object.keys(FOUR_EYES)
  for (const door of doors.filter(({ kind }) => kind !== 'form' && kind !== 'command'))
    expect(
      commandsOf(door).filter((name) => deciders.includes(name)),
      door.name,
    ).toEqual([])
  for (const decider of Object.keys(FOUR_EYES).filter(isCommandName)) expect(rolesOf(decider)).not.toContain('service')
})
